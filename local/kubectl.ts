import { run } from './processes/run.ts';

/** kubectl against one cluster. Every method rejects with a CommandError that holds the command and what kubectl said. */
export interface Kubectl {
  /** Runs kubectl with these arguments, `input` on its standard input; resolves to its standard output. */
  run(args: readonly string[], input?: string): Promise<string>;
  /** Applies Kubernetes objects; what is not named stays as it is. */
  apply(objects: readonly object[]): Promise<string>;
  /** Reads one object or list as JSON. The caller vouches for its shape: it comes from an API server that validated it. */
  get<T>(args: readonly string[]): Promise<T>;
}

/** A kubectl program bound to a kubeconfig file. Aborting the signal ends what it does. */
export function createKubectl(program: string, kubeconfigPath: string, signal?: AbortSignal): Kubectl {
  const kubectl = (args: readonly string[], input = ''): Promise<string> =>
    run([program, '--kubeconfig', kubeconfigPath, ...args], { input, signal });
  return {
    run: kubectl,
    apply: (objects) =>
      kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })),
    async get<T>(args: readonly string[]): Promise<T> {
      const parsed: T = JSON.parse(await kubectl(['get', ...args, '-o', 'json']));
      return parsed;
    },
  };
}
