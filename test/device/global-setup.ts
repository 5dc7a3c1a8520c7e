import { deepStrictEqual } from 'node:assert';
import type { TestProject } from 'vitest/node';
import { setUpRun } from '../harness/set-up-run.ts';
import { stateOfMachine, whyNot } from './harness/machine.ts';
import { DEVICE_PROGRAMS } from './programs.ts';

/** Begins, and at the end of all files holds the machine to what it was before. */
export default async (project: TestProject): Promise<() => void> => {
  const before = stateOfMachine();
  const remove = await setUpRun(project, { name: 'device', programs: DEVICE_PROGRAMS, missing: whyNot });
  return () => {
    remove();
    deepStrictEqual(stateOfMachine(), before, 'the run changed this machine');
  };
};
