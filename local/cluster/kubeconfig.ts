import { readFile, writeFile } from 'node:fs/promises';
import type { KeyPair } from './certificates.ts';

/** What a client needs to reach an API server as somebody. */
export interface Access {
  /** `https://ADDRESS:PORT` */
  readonly server: string;
  /** Path of the authority's certificate. */
  readonly authority: string;
  readonly client: KeyPair;
}

/** The PEM texts behind an `Access`. */
export interface Credentials {
  readonly server: string;
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Reads the files that `access` names. */
export async function readCredentials({ server, authority, client }: Access): Promise<Credentials> {
  const [authorityPem, certificate, key] = await Promise.all(
    [authority, client.certificate, client.key].map((path) => readFile(path, 'utf8')),
  );
  return { server, authority: authorityPem ?? '', certificate: certificate ?? '', key: key ?? '' };
}

/**
 * A kubeconfig with everything inside, so that the file can be copied elsewhere. Written as JSON, which is YAML too.
 * `name` is the name of its one cluster, user and context.
 */
export function kubeconfig(name: string, { server, authority, certificate, key }: Credentials): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(authority) } }],
    users: [{ name, user: { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Writes the kubeconfig for `access` to `path`, readable by its owner only. */
export async function writeKubeconfig(path: string, name: string, access: Access): Promise<void> {
  await writeFile(path, kubeconfig(name, await readCredentials(access)), { mode: 0o600 });
}
