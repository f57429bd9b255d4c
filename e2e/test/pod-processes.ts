import { readdir, readFile } from 'node:fs/promises';

/**
 * Ends all processes of a pod of a bare cluster by SIGKILL, as the kernel does when memory runs out: nothing is drained and
 * nobody is told. The kubelet starts its containers again. Found by the control group, whose path holds the pod's uid.
 */
export async function killPod(uid: string): Promise<void> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number);
  const groups = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cgroup`, 'utf8').catch(ignoreEnded)));
  const ofPod = pids.filter((_, index) => groups[index]?.includes(`pod${uid}`) === true);
  if (ofPod.length === 0) throw new Error(`no process of pod ${uid} on this machine`);
  for (const pid of ofPod) process.kill(pid, 'SIGKILL');
}

function ignoreEnded(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && ['ESRCH', 'ENOENT'].includes(String(error.code))) return;
  throw error;
}
