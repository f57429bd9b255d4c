import { readFile } from 'node:fs/promises';
import { expect, inject, test } from 'vitest';
import { createApiClient } from '../cluster/api-client.ts';

test('the kubeconfig has admin rights, and every request ends up in the audit log', async () => {
  const { kubeconfigPath, server, auditLogPath } = inject('apiServer');
  const config = JSON.parse(await readFile(kubeconfigPath, 'utf8')) as Kubeconfig;
  const pem = (base64: string | undefined) => Buffer.from(base64 ?? '', 'base64').toString();
  const user = config.users[0]?.user;
  const api = createApiClient({
    server,
    authority: pem(config.clusters[0]?.cluster['certificate-authority-data']),
    certificate: pem(user?.['client-certificate-data']),
    key: pem(user?.['client-key-data']),
  });
  // Secrets of all namespaces: nobody but an admin sees them, and the query tells this request from all others.
  const path = `/api/v1/secrets?limit=${process.pid}`;
  const { status } = await api.get(path);
  api.close();
  expect(status).toBe(200);
  const recorded = async () => {
    const lines = (await readFile(auditLogPath, 'utf8')).trim().split('\n');
    const events = lines.map((line) => JSON.parse(line) as AuditEvent);
    return events
      .filter(({ requestURI }) => requestURI === path)
      .map(({ level, verb, user }) => [level, verb, user.username]);
  };
  // The record may be written a moment after the answer.
  await expect.poll(recorded).toEqual([['Metadata', 'list', 'kubernetes-admin']]);
});

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: Readonly<Record<string, string>> }[];
  readonly users: readonly { readonly user: Readonly<Record<string, string>> }[];
}

interface AuditEvent {
  readonly level: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly requestURI: string;
}
