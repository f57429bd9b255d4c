import type { DocumentId } from './document-id.ts';

/** Where the bytes of one content are. `none` is what a tombstone has. */
export type Placement =
  | { readonly where: 'none' }
  | { readonly where: 'inline' }
  | { readonly where: 's3'; readonly key: string }
  | { readonly where: 'chunks'; readonly chunks: number };

/** One content: written once under its id, never changed (../README.md, "How a document is stored"). */
export interface Content {
  readonly id: string;
  /** Unix milliseconds of the commit that put it into the row; so also the time of death of the content before it. */
  readonly atMs: number;
  readonly placement: Placement;
}

/** A document that is there, with everything a response needs. */
export interface LiveDocument {
  readonly state: 'live';
  readonly version: number;
  readonly content: Content;
  /** Bytes. */
  readonly length: number;
  /** SHA-256 of the bytes, 64 hex digits. */
  readonly sha256: string;
  readonly contentType: string;
  readonly createdMs: number;
  readonly modifiedMs: number;
  /** The bytes themselves, where whoever delivered the document had them at hand. */
  readonly body?: Uint8Array;
}

/** What stays of a deleted document: its version, so that versions never start over. */
export interface Tombstone {
  readonly state: 'deleted';
  readonly version: number;
  readonly content: Content;
  readonly modifiedMs: number;
}

export type Document = LiveDocument | Tombstone;

/** How many attempts and how many old contents a row remembers. */
export const registerLength = 8;

/** The row of a document in the metadata store: the document and what makes its commits safe (attempts.ts). */
export interface Row {
  readonly id: DocumentId;
  readonly document: Document;
  /** Ids of the attempts that made the last versions, newest first: entry i made version `version - i`. */
  readonly recent: readonly string[];
  /** Ids of attempts, or of contents, that may never be committed any more. */
  readonly burned: readonly string[];
  /** Contents to be collected, the last replaced first. */
  readonly dead: readonly Content[];
  /** Unix seconds from which the engine may remove the row; only tombstones have it. */
  readonly expiresAtSeconds?: number;
}

/** How long a tombstone stays at least: far beyond the life of any attempt on the document. */
export const tombstoneSeconds = 24 * 60 * 60;

/** The document if it is there. Tombstones, expired or not, are like no row at all. */
export function liveDocument(document: Document | undefined): LiveDocument | undefined {
  return document?.state === 'live' ? document : undefined;
}

/** Strong entity tag without quotes (RFC 9110 section 8.8.3): the version, so that it never repeats, and the content. */
export function entityTag(document: Pick<LiveDocument, 'version' | 'sha256'>): string {
  return `${document.version}-${document.sha256.slice(0, digestDigits)}`;
}

/** How many hex digits of the digest an entity tag carries. */
export const digestDigits = 16;
