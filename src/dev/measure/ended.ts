import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Tell a process to end, and wait until it has; killed after ten seconds, as the kubelet does. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(kill);
}
