import { spawn } from 'node:child_process';

/** kubectl against one cluster. Every method rejects with an error that holds the command and what kubectl said on stderr. */
export interface Kubectl {
  /** Runs kubectl with these arguments, `input` on its standard input; resolves to its standard output. */
  run(args: readonly string[], input?: string): Promise<string>;
  /** Applies Kubernetes objects; what is not named stays as it is. */
  apply(objects: readonly object[]): Promise<string>;
  /** Reads one object as JSON. */
  get<T>(args: readonly string[]): Promise<T>;
}

/** A kubectl program bound to a kubeconfig file. */
export function createKubectl(program: string, kubeconfigPath: string): Kubectl {
  const run = (args: readonly string[], input = ''): Promise<string> =>
    new Promise((resolve, reject) => {
      const child = spawn(program, ['--kubeconfig', kubeconfigPath, ...args], { stdio: 'pipe' });
      const output: Buffer[] = [];
      const errors: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
      child.once('error', reject);
      child.once('close', (status) => {
        if (status === 0) resolve(Buffer.concat(output).toString());
        else reject(new Error(`kubectl ${args.join(' ')}: ${Buffer.concat(errors).toString().trim()}`));
      });
      // kubectl may end before it has read its input; its exit status tells, not the broken pipe.
      child.stdin.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EPIPE') reject(error);
      });
      child.stdin.end(input);
    });
  return {
    run,
    apply: (objects) => run(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })),
    async get<T>(args: readonly string[]): Promise<T> {
      const parsed: T = JSON.parse(await run(['get', ...args, '-o', 'json']));
      return parsed;
    },
  };
}
