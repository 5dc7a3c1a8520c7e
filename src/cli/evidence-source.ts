import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { UserError } from '../errors.ts';
import { parseDuration } from '../fleet/units.ts';
import type { Collection } from '../gate/promql/collect-evidence.ts';
import type { Question } from '../gate/question.ts';
import type { OpenedFleet } from '../output/open.ts';
import type { PlanFile, Version } from '../plan/plan.ts';
import type { Io } from './io.ts';

/** Where a gate's evidence comes from: exactly one of a file and a Prometheus. */
export interface SourceOptions {
  readonly evidence?: string;
  readonly prometheus?: string;
  readonly bearerTokenFile?: string;
  readonly basicAuthFile?: string;
  readonly timeout: string;
}

export const addEvidenceSource = (command: Command): Command =>
  command
    .addOption(
      new Option('--evidence <file>', 'what was observed, as JSON: see breakwater schema evidence').conflicts(
        'prometheus',
      ),
    )
    .option('--prometheus <url>', 'address of the Prometheus that all sites write to')
    .addOption(
      new Option('--bearer-token-file <file>', 'file with the token that Prometheus asks for').conflicts(
        'basicAuthFile',
      ),
    )
    .option('--basic-auth-file <file>', 'file with user:password that Prometheus asks for')
    .option('--timeout <duration>', 'how long one answer of Prometheus may take', '2m');

/** What there is to ask about. */
interface Subject {
  readonly opened: OpenedFleet;
  readonly plan: PlanFile;
  readonly questions: readonly Question[];
}

/**
 * Read the evidence, or ask for it.
 * @throws UserError `FLAG`, `FILE_READ`, `EVIDENCE`, `PROMETHEUS`
 */
export async function evidenceOf(options: SourceOptions, subject: Subject, io: Io): Promise<Collection> {
  if (options.evidence !== undefined) {
    const { readEvidence } = await import('./read-evidence.ts');
    return { evidence: readEvidence(io.cwd, options.evidence), nowMs: io.now() };
  }
  if (options.prometheus === undefined) {
    throw new UserError(
      'FLAG',
      'there is no evidence to judge',
      'name a file with --evidence, or a Prometheus with --prometheus',
    );
  }
  const { collectEvidence } = await import('../gate/promql/collect-evidence.ts');
  const { prometheusClient } = await import('./prometheus.ts');
  const authorization = authorizationOf(options, io.cwd);
  return collectEvidence({
    plan: subject.plan,
    questions: subject.questions,
    versions: (className) => versionsOf(subject.opened, className),
    client: prometheusClient({
      url: options.prometheus,
      timeoutMs: parseDuration(options.timeout),
      ...(authorization === undefined ? {} : { authorization }),
    }),
    nowMs: io.now(),
  });
}

/** By workload: the versions that the stored releases of a class name. */
function versionsOf({ store }: OpenedFleet, className: string): Record<string, readonly Version[]> {
  const found: Record<string, Set<Version>> = {};
  for (const id of store.ids.get(className) ?? []) {
    for (const [workload, version] of Object.entries(store.get(className, id).versions)) {
      (found[workload] ??= new Set()).add(version);
    }
  }
  return Object.fromEntries(
    Object.entries(found).map(([workload, versions]) => [workload, [...versions].toSorted()]),
  );
}

function authorizationOf({ bearerTokenFile, basicAuthFile }: SourceOptions, cwd: string): string | undefined {
  if (bearerTokenFile !== undefined) return `Bearer ${secretIn(bearerTokenFile, cwd)}`;
  if (basicAuthFile === undefined) return undefined;
  return `Basic ${Buffer.from(secretIn(basicAuthFile, cwd)).toString('base64')}`;
}

function secretIn(file: string, cwd: string): string {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, file), 'utf8').trim();
  } catch (error) {
    throw new UserError('FILE_READ', `cannot read ${file}`, 'correct the path, or make it readable', {
      cause: error,
    });
  }
  // What is no visible text cannot be sent in a header; and what it is is nobody's business.
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  throw new UserError(
    'FILE_READ',
    `${file} does not hold one line of visible text`,
    'write the secret alone into it',
  );
}
