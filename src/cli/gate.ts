import { UserError } from '../errors.ts';
import { gateFormats } from '../report/gate.ts';
import { fleetName } from './fleet-name.ts';
import type { ExitStatus } from './io.ts';
import { formatAs, formatOption } from './options.ts';
import { defineVerb } from './verb.ts';

interface Options {
  readonly wave: string;
  readonly evidence: string;
  readonly record?: boolean;
  readonly format: string;
}

const STATUS: Readonly<Record<string, ExitStatus>> = { PASS: 0, FAIL: 1, INSUFFICIENT: 4 };

/** Judge what was observed of a wave. Reads plan.json, the rollout file and releases, no TypeScript. */
export const gate = defineVerb<[fleet: string], Options>({
  name: 'gate',
  summary: 'say whether the evidence about a wave passes, fails or does not suffice',
  description:
    'Compare the slices of a wave that run a new release with those that still run the settled one: failed requests and silent devices of each class, counted against the devices that are assigned. Exits with 0 for PASS, 1 for FAIL and 4 for INSUFFICIENT; what is missing, stale or contradicts plan.json never passes. Moves nothing: what follows is promote or rollback.',
  examples: [
    'gate hello-edge --wave canary --evidence evidence.json',
    'gate hello-edge --wave canary --evidence evidence.json --record',
  ],
  declare: (command) =>
    command
      .argument('<fleet>', 'name of a fleet, or its file')
      .requiredOption('--wave <wave>', 'the wave that was watched')
      .requiredOption('--evidence <file>', 'what was observed, as JSON: see breakwater schema evidence')
      .option('--record', 'write evidence and verdict below fleets/rollouts/, to be committed')
      .addOption(formatOption(gateFormats)),
  async run([argument], { wave, evidence: file, record, format }, io) {
    const { decide, statisticsOf } = await import('../gate/decide.ts');
    const { questionsOf } = await import('../gate/question.ts');
    const { recordsOf } = await import('../gate/record.ts');
    const { writeGateRecords } = await import('../output/gate-record.ts');
    const { nodeFileSystem } = await import('../output/node-file-system.ts');
    const { openFleet, planOf, stateOf } = await import('../output/open.ts');
    const { readEvidence } = await import('./read-evidence.ts');
    const opened = openFleet(nodeFileSystem, io.cwd, fleetName(argument));
    const plan = planOf(opened);
    statisticsOf(plan);
    const questions = questionsOf(stateOf(opened, plan), plan, wave, (className, release) => {
      const { status, versions } = opened.store.get(className, release);
      if (status === 'whole') return versions;
      const path = `generated/${plan.fleet}/releases/${className}/${release}`;
      throw new UserError(
        status === 'missing' ? 'RELEASE_MISSING' : 'RELEASE_CHANGED',
        status === 'missing' ? `${path} is missing` : `${path} does not hash to its name`,
        `check it out from Git: git checkout HEAD -- ${path}`,
      );
    });
    const evidence = readEvidence(io.cwd, file);
    const decision = decide({ plan, wave, questions, evidence, nowMs: io.now() });
    const changes =
      record === true
        ? writeGateRecords({ root: io.cwd, records: recordsOf(decision, questions, evidence, plan) })
        : [];
    io.stdout(formatAs(gateFormats, format, { decision, recorded: changes.map((change) => change.file) }));
    return STATUS[decision.verdict]!;
  },
});
