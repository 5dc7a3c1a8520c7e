import { gateFormats } from '../report/gate.ts';
import { addEvidenceSource, evidenceOf, type SourceOptions } from './evidence-source.ts';
import { fleetName } from './fleet-name.ts';
import type { ExitStatus } from './io.ts';
import { formatAs, formatOption } from './options.ts';
import { defineVerb } from './verb.ts';

interface Options extends SourceOptions {
  readonly wave: string;
  readonly record?: boolean;
  readonly format: string;
}

const STATUS: Readonly<Record<string, ExitStatus>> = { PASS: 0, FAIL: 1, INSUFFICIENT: 4 };

/** Judge what was observed of a wave. Reads plan.json, the rollout file and releases, no TypeScript. */
export const gate = defineVerb<[fleet: string], Options>({
  name: 'gate',
  summary: 'say whether the evidence about a wave passes, fails or does not suffice',
  description:
    'Compare the slices of a wave that run a new release with those that still run the settled one: failed requests and silent devices of each class, counted against the devices that are assigned. The evidence is a JSON file, or what the Prometheus at the address that is named answers. Exits with 0 for PASS, 1 for FAIL and 4 for INSUFFICIENT; what is missing, stale or contradicts plan.json never passes. Moves nothing: what follows is promote or rollback.',
  examples: [
    'gate hello-edge --wave canary --evidence evidence.json',
    'gate hello-edge --wave canary --prometheus https://metrics.example.com --record',
  ],
  declare: (command) =>
    addEvidenceSource(
      command
        .argument('<fleet>', 'name of a fleet, or its file')
        .requiredOption('--wave <wave>', 'the wave that was watched'),
    )
      .option('--record', 'write evidence and verdict below fleets/rollouts/, to be committed')
      .addOption(formatOption(gateFormats)),
  async run([argument], { wave, record, format, ...source }, io) {
    const { decide, statisticsOf } = await import('../gate/decide.ts');
    const { questionsOf } = await import('../gate/question.ts');
    const { recordsOf } = await import('../gate/record.ts');
    const { writeGateRecords } = await import('../output/gate-record.ts');
    const { nodeFileSystem } = await import('../output/node-file-system.ts');
    const { openFleet, planOf, stateOf } = await import('../output/open.ts');
    const { storedVersions } = await import('../output/stored-versions.ts');
    const opened = openFleet(nodeFileSystem, io.cwd, fleetName(argument));
    const plan = planOf(opened);
    statisticsOf(plan);
    const questions = questionsOf(stateOf(opened, plan), plan, wave, storedVersions(opened));
    const { evidence, nowMs } = await evidenceOf(source, { opened, plan, questions }, io);
    const decision = decide({ plan, wave, questions, evidence, nowMs });
    const changes =
      record === true
        ? writeGateRecords({ root: io.cwd, records: recordsOf(decision, questions, evidence, plan) })
        : [];
    io.stdout(formatAs(gateFormats, format, { decision, recorded: changes.map((change) => change.file) }));
    return STATUS[decision.verdict]!;
  },
});
