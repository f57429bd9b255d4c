import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { registerLength, type Content, type Document, type Placement, type Row } from '../document.ts';
import { checkDocumentId, hashOfId, type DocumentId } from '../document-id.ts';
import { shardCount } from './dynamo-table.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

/** Partition key of the row of a document. */
export function rowKey(id: DocumentId): { pk: AttributeValue } {
  return { pk: { S: `doc#${id}` } };
}

/** Partition of the index `live` that a document is in: two hex digits. */
export function shardOf(id: DocumentId): string {
  return (Number.parseInt(hashOfId(id).slice(0, 8), 16) % shardCount).toString(16).padStart(2, '0');
}

/** The attribute `content` of a row, and each of its `dead0` to `dead7`. */
export function contentAttribute({ id, atMs, placement }: Content): AttributeValue {
  return { M: { id: { S: id }, at: { N: String(atMs) }, ...placementAttributes(placement) } };
}

/** What stands in a register where there is nothing yet. */
export const noContent: Content = { id: '', atMs: 0, placement: { where: 'none' } };

/** Reads a row. @throws Error where the item is not one: only something else than this service can have written it. */
export function toRow(item: Item): Row {
  const expiresAtSeconds = optionalNumber(item, 'exp');
  return {
    id: checkDocumentId(text(item, 'pk').slice('doc#'.length)),
    document: toDocument(item),
    recent: registers(item, 'recent').flatMap(({ S }) => (S === undefined || S === '' ? [] : [S])),
    burned: item['burned']?.SS ?? [],
    dead: registers(item, 'dead').flatMap((value) => (value.M?.['id']?.S === '' ? [] : [toContent(value)])),
    ...(expiresAtSeconds !== undefined && { expiresAtSeconds }),
  };
}

function toDocument(item: Item): Document {
  const version = number(item, 'ver');
  const content = item['content'] === undefined ? noContent : toContent(item['content']);
  const modifiedMs = number(item, 'modified');
  if (text(item, 'state') === 'D') return { state: 'deleted', version, content, modifiedMs };
  const body = content.placement.where === 'inline' ? item['inline']?.B : undefined;
  return {
    state: 'live',
    version,
    content,
    length: number(item, 'len'),
    sha256: text(item, 'sha256'),
    contentType: text(item, 'ctype'),
    createdMs: number(item, 'created'),
    modifiedMs,
    ...(body !== undefined && { body }),
  };
}

function toContent({ M }: AttributeValue): Content {
  const map = M ?? {};
  return { id: text(map, 'id'), atMs: number(map, 'at'), placement: toPlacement(map) };
}

function toPlacement(map: Item): Placement {
  const where = text(map, 'where');
  if (where === 's3') return { where, key: text(map, 'key') };
  if (where === 'chunks') return { where, chunks: number(map, 'chunks') };
  if (where === 'inline' || where === 'none') return { where };
  throw new Error(`a row names content in an unknown place: ${where}`);
}

function placementAttributes(placement: Placement): Record<string, AttributeValue> {
  const where = { where: { S: placement.where } };
  if (placement.where === 's3') return { ...where, key: { S: placement.key } };
  if (placement.where === 'chunks') return { ...where, chunks: { N: String(placement.chunks) } };
  return where;
}

function registers(item: Item, name: string): readonly AttributeValue[] {
  return Array.from({ length: registerLength }, (_, index) => item[`${name}${index}`]).flatMap((value) => value ?? []);
}

function text(item: Item, name: string): string {
  const value = item[name]?.S;
  if (value === undefined) throw new Error(`a row has no text "${name}"`);
  return value;
}

function number(item: Item, name: string): number {
  const value = optionalNumber(item, name);
  if (value === undefined) throw new Error(`a row has no number "${name}"`);
  return value;
}

function optionalNumber(item: Item, name: string): number | undefined {
  const value = item[name]?.N;
  return value === undefined ? undefined : Number(value);
}
