import { describe, expect, test } from 'vitest';
import { auditPolicy } from './audit-policy.ts';
import { controlPlaneFiles } from './control-plane-files.ts';
import { apiServerArgv, apiServerUrl, controllerManagerArgv, etcdArgv, schedulerArgv } from './control-plane.ts';
import type { ControlPlane } from './control-plane.ts';
import { kubeconfig } from './kubeconfig.ts';

const plane: ControlPlane = {
  programs: {
    etcd: '/bin/etcd',
    kubeApiserver: '/bin/api',
    kubeControllerManager: '/bin/kcm',
    kubeScheduler: '/bin/sched',
  },
  address: '10.89.0.2',
  ports: { apiServer: 6443, etcdClients: 2379, etcdPeers: 2380 },
  files: controlPlaneFiles('/plane'),
};

describe('command lines', () => {
  test('etcd can be reached on loopback only', () => {
    const addresses = etcdArgv(plane).filter((argument) => argument.includes('://'));
    expect(addresses.length).toBeGreaterThan(0);
    expect(addresses.every((argument) => argument.includes('http://127.0.0.1:'))).toBe(true);
  });

  test('the API server knows nobody who shows no certificate or token, and checks the rights of everybody', () => {
    expect(apiServerArgv(plane)).toEqual(
      expect.arrayContaining([
        '--anonymous-auth=false',
        '--authorization-mode=Node,RBAC',
        '--client-ca-file=/plane/keys/ca.crt',
      ]),
    );
  });

  test('the API server records to the file that callers are told of', () => {
    expect(apiServerArgv(plane)).toContain(`--audit-log-path=${plane.files.auditLog}`);
  });

  test('a lost node is noticed after 8 seconds, and its pods are replaced 20 seconds later', () => {
    expect(controllerManagerArgv(plane)).toContain('--node-monitor-grace-period=8s');
    expect(apiServerArgv(plane)).toEqual(
      expect.arrayContaining([
        '--default-not-ready-toleration-seconds=20',
        '--default-unreachable-toleration-seconds=20',
      ]),
    );
  });

  test('on loopback the API server publishes no endpoint, since pods could not reach it there', () => {
    const loopback = { ...plane, address: '127.0.0.1' };
    expect(apiServerArgv(loopback)).toContain('--endpoint-reconciler-type=none');
    expect(apiServerArgv(plane)).not.toContain('--endpoint-reconciler-type=none');
    expect(apiServerUrl(loopback)).toBe('https://127.0.0.1:6443');
  });

  test('controller manager and scheduler open no port', () => {
    for (const argv of [controllerManagerArgv(plane), schedulerArgv(plane)]) expect(argv).toContain('--secure-port=0');
  });
});

test('an audit policy for one user leaves out everybody else', () => {
  expect(JSON.parse(auditPolicy('somebody'))).toMatchObject({
    omitStages: ['RequestReceived'],
    rules: [{ level: 'Metadata', users: ['somebody'] }, { level: 'None' }],
  });
  expect(JSON.parse(auditPolicy())).toMatchObject({ rules: [{ level: 'Metadata' }] });
});

test('a kubeconfig holds everything itself, so that it can be copied elsewhere', () => {
  const text = kubeconfig('local', {
    server: 'https://10.89.0.2:6443',
    authority: 'CA',
    certificate: 'CERT',
    key: 'KEY',
  });
  expect(JSON.parse(text)).toEqual({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'local', cluster: { server: 'https://10.89.0.2:6443', 'certificate-authority-data': 'Q0E=' } }],
    users: [{ name: 'local', user: { 'client-certificate-data': 'Q0VSVA==', 'client-key-data': 'S0VZ' } }],
    contexts: [{ name: 'local', context: { cluster: 'local', user: 'local' } }],
    'current-context': 'local',
  });
});
