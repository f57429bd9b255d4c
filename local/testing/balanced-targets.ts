import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Endpoint } from '../cluster/cluster.ts';
import { freePorts } from '../host/free-ports.ts';
import type { LoadBalancerSettings } from '../stand-ins/haproxy-config.ts';
import { loadBalancerStandIn } from '../stand-ins/load-balancer.ts';
import { startOnLoopback } from './loopback.ts';
import { startTarget, type Answer, type Target } from './target.ts';

/** A target that lives as long as the test. */
export async function target(answer: Answer): Promise<Target> {
  const started = await startTarget(answer);
  onTestFinished(() => started.stop());
  return started;
}

/** A real load balancer on loopback that lives as long as the test: where it answers. */
export async function loadBalancer(
  targets: readonly Target[],
  settings: Partial<LoadBalancerSettings> = {},
): Promise<Endpoint> {
  const [statisticsPort = 0] = await freePorts(1);
  const configFolder = await mkdtemp(join(tmpdir(), 'load-balancer-'));
  onTestFinished(() => rm(configFolder, { recursive: true }));
  const endpoints = targets.map(({ endpoint }) => endpoint);
  const standIn = await loadBalancerStandIn({ targets: endpoints, configFolder, statisticsPort, ...settings });
  const running = await startOnLoopback(standIn);
  onTestFinished(() => running.stop());
  return running.endpoint;
}
