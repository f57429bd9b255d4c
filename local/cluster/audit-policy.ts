/**
 * An audit policy (audit.k8s.io/v1) that records each request once, without its body: verb, resource, user, status.
 * With `user`, requests of everybody else are left out. Written as JSON, which is YAML too.
 */
export function auditPolicy(user?: string): string {
  const rules =
    user === undefined ? [{ level: 'Metadata' }] : [{ level: 'Metadata', users: [user] }, { level: 'None' }];
  const policy = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', omitStages: ['RequestReceived'], rules };
  return `${JSON.stringify(policy, null, 2)}\n`;
}
