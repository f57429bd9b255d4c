import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority, createTokenKeys, issueCertificate } from './certificates.ts';
import { apiServerServiceAddress } from './control-plane.ts';
import type { ControlPlaneFiles } from './control-plane.ts';
import { writeKubeconfig } from './kubeconfig.ts';

/** What the files of a control plane depend on. */
export interface ControlPlaneFilesOptions {
  /** Folder for all of them; created. */
  readonly folder: string;
  /** Name of the cluster in the admin's kubeconfig. */
  readonly name: string;
  /** `https://ADDRESS:PORT` */
  readonly server: string;
  readonly address: string;
  readonly auditPolicy: string;
}

/** Where the files of a control plane lie in `folder`. */
export function controlPlaneFiles(folder: string): ControlPlaneFiles {
  const pair = (name: string) => ({
    certificate: join(keysFolder(folder), `${name}.crt`),
    key: join(keysFolder(folder), `${name}.key`),
  });
  return {
    etcdData: join(folder, 'etcd'),
    authority: pair('ca'),
    apiServer: pair('api-server'),
    kubeletClient: pair('kubelet-client'),
    tokenKeys: { private: join(keysFolder(folder), 'tokens.key'), public: join(keysFolder(folder), 'tokens.pub') },
    auditPolicy: join(folder, 'audit-policy.json'),
    auditLog: join(folder, 'audit.log'),
    adminKubeconfig: join(folder, 'kubeconfig'),
    controllerManagerKubeconfig: join(folder, 'controller-manager.kubeconfig'),
    schedulerKubeconfig: join(folder, 'scheduler.kubeconfig'),
  };
}

function keysFolder(folder: string): string {
  return join(folder, 'keys');
}

/** Makes the keys, certificates, kubeconfigs and the audit policy of a control plane anew. */
export async function writeControlPlaneFiles(options: ControlPlaneFilesOptions): Promise<ControlPlaneFiles> {
  const { folder, name, server, address } = options;
  const files = controlPlaneFiles(folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const keys = keysFolder(folder);
  const authority = await createAuthority(keys);
  const serviceNames = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc'];
  const kubeconfig = async (path: string, user: string, organization?: string) => {
    const identity = { commonName: user, ...(organization === undefined ? {} : { organization }) };
    const client = await issueCertificate(keys, authority, user.replaceAll(':', '-'), identity);
    await writeKubeconfig(path, name, { server, authority: authority.certificate, client });
  };
  await Promise.all([
    issueCertificate(keys, authority, 'api-server', {
      commonName: 'kube-apiserver',
      dnsNames: [...serviceNames, 'localhost'],
      addresses: [...new Set(['127.0.0.1', address, apiServerServiceAddress])],
    }),
    issueCertificate(keys, authority, 'kubelet-client', {
      commonName: 'kube-apiserver-kubelet-client',
      organization: 'system:masters',
    }),
    kubeconfig(files.adminKubeconfig, 'kubernetes-admin', 'system:masters'),
    kubeconfig(files.controllerManagerKubeconfig, 'system:kube-controller-manager'),
    kubeconfig(files.schedulerKubeconfig, 'system:kube-scheduler'),
    createTokenKeys(keys),
    writeFile(files.auditPolicy, options.auditPolicy),
  ]);
  return files;
}
