import type { Endpoint } from '../cluster/cluster.ts';

/** What the load balancer stand-in is to do. Times are those of an Application Load Balancer unless said otherwise. */
export interface LoadBalancerSettings {
  /** Every node with the NodePort of the service: registered targets, healthy or not. */
  readonly targets: readonly Endpoint[];
  /** A target that passes or fails this check twice in a row is put in or taken out; the ALB would do it every 15 s. */
  readonly healthPath: string;
  readonly healthIntervalMs: number;
  /** How long a connection may be idle, or an answer may take: the ALB's idle timeout (60 s by default). */
  readonly idleTimeoutMs: number;
  /** Port of the page for people (`/`) and Prometheus (`/metrics`), on the same address. */
  readonly statisticsPort: number;
}

/** A request to this path is answered by the load balancer itself: it runs. Everything else goes to a target. */
export const OWN_HEALTH_PATH = '/-/load-balancer';

/**
 * The HAProxy configuration (2.6) of a load balancer that treats requests as an ALB with instance targets does. It
 * listens at `${LISTEN_ADDRESS}:${LISTEN_PORT}`, read by HAProxy from its environment.
 *
 * Every request reaches at most one target, once: `retries 0`, `option redispatch` and `retry-on` absent. That leaves one
 * hole. When a target drops the connection before it answers, HAProxy says 502 to the first request of a client's
 * connection only; for later ones it closes that connection without a word, so that a browser sends the request again
 * (proto_htx.c, `abort_keep_alive`), which would hide a loss. So there are two stages: `clients` keeps the clients'
 * connections, and hands each request to `requests` on an internal connection of its own, where every request is a first
 * one and every failure has a status.
 *
 * `http-reuse always`: with one request per internal connection `safe` would never reuse a connection to a target, and
 * the ALB shares its connections among clients too. A target that lets go of kept connections must therefore announce it
 * (`Connection: close` on its answers) and close idle ones only when they had time to be dropped: HAProxy drops half of those
 * it has no use for every `pool-purge-delay`, and forgets a connection as soon as it sees the target's FIN.
 *
 * A node that dies takes the connections to its pods along without a FIN, also those that lead there through another
 * node. TCP keep-alive finds such idle connections, `tcp-ut` such requests, each within 5 s.
 *
 * With targets but none healthy it uses them all ("fails open"), as the ALB does; 503 is for no target at all.
 * Sources: HAProxy 2.6 configuration manual; "Health checks for Application Load Balancer target groups" and "Troubleshoot
 * your Application Load Balancers" in the AWS documentation.
 */
export function haproxyConfig(settings: LoadBalancerSettings): string {
  const { targets } = settings;
  return `${[globalSection(settings), clientsSection(), targets.length === 0 ? noTargets() : requestsSection(settings), statisticsSection(settings)].join('\n\n')}\n`;
}

function globalSection({ idleTimeoutMs }: LoadBalancerSettings): string {
  // Explicit, since HAProxy otherwise takes as much memory as the limit of open files of its container allows.
  return `global
  nbthread 1
  maxconn 8192
  log stdout format raw local0

defaults
  mode http
  log global
  option httplog
  option dontlog-normal
  retries 0
  timeout connect 5s
  timeout client ${idleTimeoutMs}ms
  timeout http-keep-alive ${idleTimeoutMs}ms
  timeout http-request ${idleTimeoutMs}ms
  timeout server ${idleTimeoutMs}ms`;
}

function clientsSection(): string {
  return `frontend clients
  bind "\${LISTEN_ADDRESS}:\${LISTEN_PORT}"
  monitor-uri ${OWN_HEALTH_PATH}
  option forwardfor
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-Port "\${LISTEN_PORT}"
  default_backend next_stage

backend next_stage
  http-reuse never
  option http-server-close
  # The second stage says what went wrong; this one only waits longer than it.
  timeout server 1d
  server requests "abns@load-balancer-\${LISTEN_ADDRESS}-\${LISTEN_PORT}"`;
}

function requestsSection(settings: LoadBalancerSettings): string {
  return `frontend requests
  bind "abns@load-balancer-\${LISTEN_ADDRESS}-\${LISTEN_PORT}"
  timeout client 1d
  use_backend all_targets if { nbsrv(healthy_targets) eq 0 }
  default_backend healthy_targets

${backend('healthy_targets', settings, [
  `option httpchk`,
  `http-check send meth GET uri ${settings.healthPath} ver HTTP/1.1 hdr Host load-balancer hdr Connection close`,
  `http-check expect status 200`,
  `timeout check 3s`,
  `default-server check inter ${settings.healthIntervalMs}ms rise 2 fall 2`,
])}

${backend('all_targets', settings, [])}`;
}

function backend(name: string, { targets }: LoadBalancerSettings, checks: readonly string[]): string {
  return [
    `backend ${name}`,
    'balance roundrobin',
    'http-reuse always',
    ...checks,
    'option srvtcpka',
    'srvtcpka-idle 2s',
    'srvtcpka-intvl 1s',
    'srvtcpka-cnt 3',
    'default-server tcp-ut 5s pool-purge-delay 5s',
    // HAProxy says 503 when it could not connect; the ALB says 502, and 503 only when it has no target. 503s of the targets pass.
    'http-response set-var(txn.answered) bool(true)',
    'http-after-response set-status 502 if { status 503 } !{ var(txn.answered) -m bool }',
    ...targets.map(({ address, port }) => `server ${address}_${port} ${address}:${port}`),
  ].join('\n  ');
}

function noTargets(): string {
  return `frontend requests
  bind "abns@load-balancer-\${LISTEN_ADDRESS}-\${LISTEN_PORT}"
  http-request return status 503 content-type text/plain string "no target is registered"`;
}

function statisticsSection({ statisticsPort }: LoadBalancerSettings): string {
  return `frontend statistics
  bind "\${LISTEN_ADDRESS}:${statisticsPort}"
  option dontlog-normal
  http-request use-service prometheus-exporter if { path /metrics }
  stats enable
  stats uri /`;
}
