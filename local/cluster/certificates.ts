import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../processes/run.ts';

/** Who a certificate speaks for: Kubernetes reads the user from the common name and the group from the organization. */
export interface Identity {
  readonly commonName: string;
  readonly organization?: string;
  readonly dnsNames?: readonly string[];
  readonly addresses?: readonly string[];
}

/** Absolute paths of a certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

const days = 365;
const ecKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/**
 * Makes a certificate authority in `folder` (created, readable by its owner only).
 * Throws with openssl's own words when it fails; needs openssl 3, whose `req` signs with an authority.
 */
export async function createAuthority(folder: string): Promise<KeyPair> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Without a configuration of its own, openssl would add the extensions of an authority to every certificate.
  const authority = keyPair(folder, 'ca');
  await writeFile(configPath(authority), '[req]\ndistinguished_name = name\n[name]\n');
  const extensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,digitalSignature,keyCertSign'];
  await openssl(authority, authority, '/CN=kube-ca', extensions);
  return authority;
}

/** Issues a certificate, for servers and clients alike, as `NAME.crt` and `NAME.key` in `folder`. */
export async function issueCertificate(
  folder: string,
  authority: KeyPair,
  name: string,
  identity: Identity,
): Promise<KeyPair> {
  const issued = keyPair(folder, name);
  const signer = ['-CA', authority.certificate, '-CAkey', authority.key];
  await openssl(authority, issued, subject(identity), extensions(identity), signer);
  return issued;
}

/** The distinguished name in openssl's notation. */
export function subject({ commonName, organization }: Identity): string {
  return `${organization === undefined ? '' : `/O=${organization}`}/CN=${commonName}`;
}

/** The X.509 extensions of a leaf certificate in openssl's notation. */
export function extensions({ dnsNames = [], addresses = [] }: Identity): readonly string[] {
  const names = [...dnsNames.map((name) => `DNS:${name}`), ...addresses.map((address) => `IP:${address}`)];
  return [
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature',
    'extendedKeyUsage=clientAuth,serverAuth',
    ...(names.length === 0 ? [] : [`subjectAltName=${names.join(',')}`]),
  ];
}

/** Makes the key pair with which tokens of service accounts are signed and checked: `private` and `public`, paths of PEM files. */
export async function createTokenKeys(folder: string): Promise<{ readonly private: string; readonly public: string }> {
  const keys = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const paths = { private: join(folder, 'tokens.key'), public: join(folder, 'tokens.pub') };
  await writeFile(paths.private, keys.privateKey, { mode: 0o600 });
  await writeFile(paths.public, keys.publicKey);
  return paths;
}

function keyPair(folder: string, name: string): KeyPair {
  return { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
}

/** openssl's configuration lies beside the authority. */
function configPath(authority: KeyPair): string {
  return join(dirname(authority.certificate), 'openssl.cnf');
}

async function openssl(
  authority: KeyPair,
  files: KeyPair,
  name: string,
  extensions: readonly string[],
  signer: readonly string[] = [],
): Promise<void> {
  const added = extensions.flatMap((extension) => ['-addext', extension]);
  const output = ['-keyout', files.key, '-out', files.certificate, '-days', String(days)];
  const request = ['req', '-x509', '-config', configPath(authority), ...ecKey, ...output, '-subj', name];
  await run(['openssl', ...request, ...added, ...signer]);
}
