import { parseArgs } from 'node:util';

/** What was asked of the local system on the command line. */
export interface Command {
  readonly verb: 'start' | 'status' | 'stop' | 'image';
  /** Give the shell back as soon as the system runs. */
  readonly detach: boolean;
  /** Which way to get a cluster; undefined leaves the choice to the machine. */
  readonly provider: 'bare' | 'kind' | undefined;
  /** Tells several systems on one machine apart. */
  readonly name: string;
}

const verbs = ['start', 'status', 'stop', 'image'] as const;
const providers = ['bare', 'kind'] as const;

export const usage = `usage: npm start -- [--detach] [--cluster bare|kind] [--name NAME]
       npm run status -- [--name NAME]
       npm stop -- [--name NAME]
       npm run image`;

/** Reads the arguments after the program's name. Throws an error that says what to write instead. */
export function readCommand(args: readonly string[]): Command {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      detach: { type: 'boolean', default: false },
      cluster: { type: 'string' },
      name: { type: 'string', default: 'local' },
    },
  });
  const verb = verbs.find((known) => known === positionals[0]);
  if (verb === undefined || positionals.length !== 1)
    throw new Error(`no such command: ${positionals.join(' ')}\n${usage}`);
  const provider = providers.find((known) => known === values.cluster);
  if (values.cluster !== undefined && provider === undefined) {
    throw new Error(`--cluster ${values.cluster}: write bare (network namespaces, needs root) or kind (needs Docker)`);
  }
  // The name becomes part of interface names, which hold 15 bytes (Linux, IFNAMSIZ).
  if (!/^[a-z][a-z0-9]{0,5}$/.test(values.name)) {
    throw new Error(`--name ${values.name}: write one to six lower-case letters or digits, beginning with a letter`);
  }
  return { verb, detach: values.detach, provider, name: values.name };
}
