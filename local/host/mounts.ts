import { readFile } from 'node:fs/promises';

/** One line of /proc/self/mountinfo, proc(5), as far as it matters here. */
export interface Mount {
  readonly mountPoint: string;
  readonly type: string;
  /** The options of the file system itself (of its superblock), such as the controllers of a cgroup hierarchy. */
  readonly options: readonly string[];
}

/** Parses the text of a mountinfo file. Lines that are not whole are left out. */
export function parseMounts(mountinfo: string): readonly Mount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [fields, source] = line.split(' - ');
    const mountPoint = fields?.split(' ')[4];
    const [type, , options] = source?.split(' ') ?? [];
    if (mountPoint === undefined || type === undefined || options === undefined) return [];
    return [{ mountPoint: unescape(mountPoint), type, options: options.split(',') }];
  });
}

/** What is mounted in the mount namespace of this process. */
export async function readMounts(): Promise<readonly Mount[]> {
  return parseMounts(await readFile('/proc/self/mountinfo', 'utf8'));
}

/** Space, tab, newline and backslash are written in octal. */
function unescape(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8)));
}
