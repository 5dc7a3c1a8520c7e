import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createRunFolder, removeLeftovers, removeRunFolder, runningIn } from '../harness/run-folder.ts';
import { until } from '../harness/until.ts';
import { describeDevice } from './device-test.ts';
import { hierarchies } from './harness/cgroups.ts';
import { stateOfMachine } from './harness/machine.ts';
import { startWorld } from './harness/world.ts';

/** How often to kill another run; the suite's few are many more over time. */
const KILLS = Number(process.env['BREAKWATER_KILLS'] ?? 2);

/** How long the other run takes until its pod runs, in milliseconds: kills fall anywhere in it. */
const WHOLE_RUN_MS = 10_000;

/** Processes in cgroups of a run, whatever their name, and the cgroups themselves. */
function cgroupsOf(run: string): readonly string[] {
  return hierarchies().flatMap(({ mount }) =>
    readdirSync(mount, { recursive: true, encoding: 'utf8' })
      .filter((path) => basename(path).startsWith(run))
      .map((path) => join(mount, path)),
  );
}

/** Command lines of all processes that name a run's folder. */
const processesOf = (run: string): readonly string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes(run));

/** Start a run of its own and kill it after a while. Returns its folder's name. */
async function killAfter(ms: number): Promise<string> {
  const holder = spawn(
    process.execPath,
    ['node_modules/jiti/lib/jiti-cli.mjs', 'test/device/hold-device.ts'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  holder.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<void>((resolve) => holder.once('exit', () => resolve()));
  const folder = await until('the other run', () => text.includes('\n') && text.split('\n')[0]!, {
    everyMs: 10,
  });
  await delay(ms);
  console.log(`killed after ${Math.round(ms)} ms, having said: ${text.split('\n').slice(1).join(' ')}`);
  holder.kill('SIGKILL');
  await ended;
  return folder;
}

describeDevice('the harness of devices', () => {
  test('leaves the machine as it was', async () => {
    const before = stateOfMachine();
    // Of its own, since other files run beside this one.
    const folder = createRunFolder();
    const world = await startWorld(folder, 'short');
    const device = await world.addDevice('short-1');
    // The node has settings, mounts and interfaces of its own, and the machine none of them.
    expect((await device.node.run('/bin/cat', '/proc/sys/kernel/panic')).said).toBe('10\n');
    expect((await device.node.run('/bin/cat', '/proc/1/mounts')).said).toContain('/var/lib/kubelet ');
    expect((await device.node.run('/bin/hostname')).said).toBe('short-1\n');
    expect(stateOfMachine()).toEqual(before);
    expect(cgroupsOf(basename(folder)).length).toBeGreaterThan(0);
    await world.stop();
    expect(runningIn(folder)).toEqual([]);
    expect(cgroupsOf(basename(folder))).toEqual([]);
    removeRunFolder(folder);
    expect(stateOfMachine()).toEqual(before);
  });

  test('is cleaned up by the next run after it was killed, wherever it was', async () => {
    const before = stateOfMachine();
    for (let kill = 0; kill < KILLS; kill += 1) {
      const folder = await killAfter(Math.random() * WHOLE_RUN_MS);
      // Programs of the control plane outlive a kill; the node and what runs in it do not.
      await until('the node to be gone', () =>
        processesOf(basename(folder)).every((line) => !/node-init|containerd|kubelet/.test(line)),
      );
      // Another suite on this machine may have been the next run.
      removeLeftovers();
      expect(existsSync(folder)).toBe(false);
      expect(processesOf(basename(folder))).toEqual([]);
      expect(cgroupsOf(basename(folder))).toEqual([]);
      expect(stateOfMachine()).toEqual(before);
    }
  });
});
