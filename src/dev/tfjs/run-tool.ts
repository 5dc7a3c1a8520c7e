import { spawnSync } from 'node:child_process';

/** Run a tool to its end. @throws Error with the end of what it said */
export function run(tool: string, args: readonly string[], cwd: string): void {
  const { status, error, stdout, stderr } = spawnSync(tool, args, { cwd, encoding: 'utf8' });
  if (status === 0) return;
  const said = `${stdout ?? ''}${stderr ?? ''}`.trim().slice(-2000);
  throw new Error(`${tool} ${args.slice(0, 3).join(' ')} failed: ${error?.message ?? said}`);
}
