import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Endpoint, StandIn } from '../cluster/cluster.ts';
import { answersHttp } from './answering.ts';
import { haproxyConfig, OWN_HEALTH_PATH, type LoadBalancerSettings } from './haproxy-config.ts';

/** Where the load balancer finds its targets; the rest is as the ALB has it unless given. */
export interface LoadBalancerOptions extends Partial<LoadBalancerSettings> {
  /** Every node with the NodePort of the service. */
  readonly targets: readonly Endpoint[];
  /** An existing or new folder for the configuration file; it stays there as long as the load balancer runs. */
  readonly configFolder: string;
  /** HAProxy 2.6 or later; by default where Debian has it. */
  readonly program?: string;
}

const CONFIG_IN_CONTAINER = '/usr/local/etc/haproxy/haproxy.cfg';

/** Writes the configuration of a load balancer for `targets`, and resolves to HAProxy as the stand-in that runs on it. */
export async function loadBalancerStandIn(options: LoadBalancerOptions): Promise<StandIn> {
  const { configFolder, program = '/usr/sbin/haproxy', ...given } = options;
  const settings = {
    healthPath: '/readyz',
    healthIntervalMs: 2_000,
    idleTimeoutMs: 60_000,
    statisticsPort: 8404,
    ...given,
  };
  const configPath = join(configFolder, 'haproxy.cfg');
  await mkdir(configFolder, { recursive: true });
  // World-readable, since HAProxy runs under a user of its own in the container.
  await writeFile(configPath, haproxyConfig(settings), { mode: 0o644 });
  return {
    name: 'load-balancer',
    port: 80,
    process: ({ address, port }) => ({
      argv: [program, '-db', '-f', configPath],
      env: { LISTEN_ADDRESS: address, LISTEN_PORT: String(port) },
    }),
    container: {
      image: 'haproxy:2.6.12',
      args: ['haproxy', '-db', '-f', CONFIG_IN_CONTAINER],
      env: { LISTEN_ADDRESS: '0.0.0.0', LISTEN_PORT: '80' },
      files: { [configPath]: CONFIG_IN_CONTAINER },
    },
    isAnswering: (endpoint) => answersHttp(endpoint, { path: OWN_HEALTH_PATH, isAnswer: (status) => status === 200 }),
  };
}
