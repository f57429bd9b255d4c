/** Everything that the operator is told from outside. */
export interface OperatorConfig {
  /** The one namespace to look after; undefined for all. */
  readonly watchNamespace: string | undefined;
  readonly logLevel: LogLevel;
  readonly metricsPort: number;
  readonly probePort: number;
  readonly maxConcurrentReconciles: number;
  /** Where the lease lies by which one of several operators leads; undefined where this is the only one. */
  readonly leaseNamespace: string | undefined;
  /** Name of this process in leases and Events. */
  readonly identity: string;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
type LogLevel = (typeof LOG_LEVELS)[number];

type Env = Readonly<Record<string, string | undefined>>;

/** Bad environment: one sentence for each bad variable. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Bad environment:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads the configuration. An empty variable counts as not set. The table in operator/README.md says what each means.
 * @param uniqueName a name that no other process has, for where the environment gives none
 * @throws ConfigError naming every bad variable at once
 */
export function readConfig(env: Env, uniqueName: string): OperatorConfig {
  const problems: string[] = [];
  const read = new EnvReader(env, problems);
  const podNamespace = read.dnsLabel('POD_NAMESPACE');
  const elects =
    read.oneOf('LEADER_ELECTION', ['true', 'false'], podNamespace === undefined ? 'false' : 'true') === 'true';
  if (elects && podNamespace === undefined) {
    problems.push(
      'POD_NAMESPACE: required with LEADER_ELECTION=true; the namespace for the lease, such as docservice-system',
    );
  }
  const metricsPort = read.integer('METRICS_PORT', 8080, 0, 65_535);
  const probePort = read.integer('PROBE_PORT', 8081, 0, 65_535);
  if (metricsPort === probePort && probePort !== 0) {
    problems.push(`PROBE_PORT: ${probePort} is METRICS_PORT already; give them different ports`);
  }
  const config: OperatorConfig = {
    watchNamespace: read.dnsLabel('WATCH_NAMESPACE'),
    logLevel: read.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    metricsPort,
    probePort,
    maxConcurrentReconciles: read.integer('MAX_CONCURRENT_RECONCILES', 8, 1, 64),
    leaseNamespace: elects ? podNamespace : undefined,
    identity: env['POD_NAME'] || uniqueName,
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.freeze(config);
}

class EnvReader {
  readonly #env: Env;
  readonly #problems: string[];

  constructor(env: Env, problems: string[]) {
    this.#env = env;
    this.#problems = problems;
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const text = this.#env[name] || String(fallback);
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.#problems.push(`${name}: "${text}" must be a whole number from ${min} to ${max}`);
    return fallback;
  }

  oneOf<T extends string>(name: string, values: readonly T[], fallback: T): T {
    const text = this.#env[name] || fallback;
    const value = values.find((candidate) => candidate === text);
    if (value !== undefined) return value;
    this.#problems.push(`${name}: "${text}" must be one of ${values.join(', ')}`);
    return fallback;
  }

  dnsLabel(name: string): string | undefined {
    const text = this.#env[name] || undefined;
    if (text === undefined || /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)) return text;
    this.#problems.push(`${name}: "${text}" must be the name of a namespace`);
    return undefined;
  }
}
