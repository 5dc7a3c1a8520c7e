import type { TestProject } from 'vitest/node';
import { setUpRun } from '../harness/set-up-run.ts';
import { whyNot } from './harness/machine.ts';
import { DEVICE_PROGRAMS } from './programs.ts';

export default (project: TestProject): Promise<() => void> =>
  setUpRun(project, { name: 'device', programs: DEVICE_PROGRAMS, missing: whyNot });
