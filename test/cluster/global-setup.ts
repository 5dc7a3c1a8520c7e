import type { TestProject } from 'vitest/node';
import { setUpRun } from '../harness/set-up-run.ts';
import { CLUSTER_PROGRAMS } from './programs.ts';

export default (project: TestProject): Promise<() => void> =>
  setUpRun(project, { name: 'cluster', programs: CLUSTER_PROGRAMS });
