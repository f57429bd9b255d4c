import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAuthority, createTokenKeys, issueCertificate } from './certificates.ts';
import type { Identity, KeyPair } from './certificates.ts';

let folder: string;
let authority: KeyPair;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certificates-'));
  authority = await createAuthority(join(folder, 'ca'));
});
afterAll(() => rm(folder, { recursive: true }));

const read = async ({ certificate }: KeyPair) => new X509Certificate(await readFile(certificate));
const issue = (name: string, identity: Identity) => issueCertificate(folder, authority, name, identity);

test('a certificate names user, group, and the names and addresses it is good for', async () => {
  const certificate = await read(
    await issue('node1', {
      commonName: 'system:node:node1',
      organization: 'system:nodes',
      dnsNames: ['node1'],
      addresses: ['10.89.0.11'],
    }),
  );
  expect(certificate.subject.split('\n').sort()).toEqual(['CN=system:node:node1', 'O=system:nodes']);
  expect(certificate.checkHost('node1')).toBe('node1');
  expect(certificate.checkIP('10.89.0.11')).toBe('10.89.0.11');
  expect(certificate.checkIP('10.89.0.12')).toBeUndefined();
});

test('a certificate is signed by the authority and is none itself', async () => {
  const certificate = await read(await issue('admin', { commonName: 'admin' }));
  const issuer = await read(authority);
  expect(certificate.checkIssued(issuer)).toBe(true);
  expect(certificate.verify(issuer.publicKey)).toBe(true);
  expect([issuer.ca, certificate.ca]).toEqual([true, false]);
});

test('a private key belongs to its certificate, and only its owner can read it', async () => {
  const pair = await issue('keyed', { commonName: 'keyed' });
  expect((await read(pair)).checkPrivateKey(createPrivateKey(await readFile(pair.key)))).toBe(true);
  expect((await stat(pair.key)).mode & 0o077).toBe(0);
});

test('keys for tokens are a pair of PEM files', async () => {
  const keys = await createTokenKeys(folder);
  expect(await readFile(keys.private, 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----/);
  expect(await readFile(keys.public, 'utf8')).toMatch(/^-----BEGIN PUBLIC KEY-----/);
});
