import { readdir, readFile } from 'node:fs/promises';
import { clusterNames } from '../../local/cluster/bare/names.ts';

const uidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Ends all processes of a pod of a bare cluster by SIGKILL, as the kernel does when memory runs out: nothing is drained and
 * nobody is told. The kubelet starts its containers again. Found by the control group, whose path holds the names of the
 * cluster's node and the pod's uid. Rejects, having ended nothing, for what is no uid and where no process is found.
 */
export async function killPod(cluster: string, uid: string): Promise<void> {
  if (!uidPattern.test(uid)) throw new Error(`'${uid}' is no uid of a pod`);
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const groups = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cgroup`, 'utf8').catch(ignoreEnded)));
  const ofPod = pids.filter((_, index) => isInPod(groups[index] ?? '', cluster, uid));
  if (ofPod.length === 0) throw new Error(`no process of pod ${uid} in cluster ${cluster}`);
  for (const pid of ofPod) process.kill(pid, 'SIGKILL');
}

/** Whether a process with this /proc/PID/cgroup (cgroups(7)) belongs to the pod of the cluster. */
export function isInPod(cgroup: string, cluster: string, uid: string): boolean {
  const { isOurs } = clusterNames(cluster);
  return cgroup.split('\n').some((line) => {
    const [, , ...path] = line.split(':');
    const folders = path.join(':').split('/');
    const node = folders.findIndex(isOurs);
    return node !== -1 && folders.indexOf(`pod${uid}`) > node;
  });
}

function ignoreEnded(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && ['ESRCH', 'ENOENT'].includes(String(error.code))) return;
  throw error;
}
