import { createHash } from 'node:crypto';
import { UserError } from '../errors.ts';
import type { PlanFile } from '../plan/plan.ts';
import { parseState } from '../plan/state-file.ts';
import type { RolloutState } from '../plan/state.ts';
import type { FileSystem } from './file-system.ts';
import { besideOf, fleetFolder, pointerClass, rolloutFile, TEMPORARY } from './layout.ts';
import { parsePlan } from './plan-file.ts';
import { reporting } from './reporting.ts';
import { openStore, type Store } from './store.ts';
import { walk, type Found } from './walk.ts';

/** A fleet as it stands on disk. */
export interface OpenedFleet {
  readonly name: string;
  /** Absolute path of the repository. */
  readonly root: string;
  /** Absolute path of `generated/<fleet>`. */
  readonly folder: string;
  readonly found: Found;
  readonly store: Store;
  /** The rollout file; `undefined` where there is none. */
  readonly stateText: string | undefined;
  /** `undefined` where there is no rollout file. */
  readonly state: RolloutState | undefined;
  /** `plan.json`, or the one that a killed run was about to put in its place. */
  readonly planText: string | undefined;
  /** Path of that one, from the fleet's folder. */
  readonly stagedPlan: string | undefined;
  /** Whether a killed run has left a rollout file beside its place. */
  readonly stagedState: boolean;
}

/**
 * Read where a fleet stands. Writes nothing.
 *
 * A run that was killed between the rollout file and `plan.json` has left the plan beside it, under a name that
 * says which two files it is to follow; where these are on disk, it is the plan.
 *
 * @throws UserError `ROLLOUT_CONFLICT`, `ROLLOUT_SYNTAX`, `FILE_READ`
 */
export function openFleet(disk: FileSystem, root: string, name: string): OpenedFleet {
  const fs = reporting(disk, root);
  const folder = `${root}/${fleetFolder(name)}`;
  const found = walk(fs, folder);
  const file = rolloutFile(name);
  const stateText = fs.read(`${root}/${file}`)?.toString('utf8');
  const planText = fs.read(`${folder}/plan.json`)?.toString('utf8');
  const expected = stagedPlanName(stateText, planText);
  const staged = found.leftovers.includes(expected)
    ? wholeJson(fs.read(`${folder}/${expected}`)?.toString('utf8'))
    : undefined;
  return {
    name,
    root,
    folder,
    found,
    store: openStore(fs, folder, found.files),
    stateText,
    state: stateText === undefined ? undefined : parseState(stateText, file),
    planText: staged ?? planText,
    stagedPlan: staged === undefined ? undefined : expected,
    stagedState: fs.read(`${root}/${besideOf(file)}`) !== undefined,
  };
}

/** Name under which a plan waits for a rollout file, before it takes the place of another plan. */
export function stagedPlanName(stateText: string | undefined, planText: string | undefined): string {
  const digest = createHash('sha256')
    .update(`${stateText ?? ''}\0${planText ?? ''}`)
    .digest('hex');
  return `${TEMPORARY}plan-${digest.slice(0, 12)}.json`;
}

/**
 * The plan that verbs without a definition go by.
 * @throws UserError `PLAN_MISSING`, `PLAN_SYNTAX`
 */
export function planOf({ name, planText }: OpenedFleet): PlanFile {
  const file = `${fleetFolder(name)}/plan.json`;
  if (planText !== undefined) return parsePlan(planText, file);
  throw new UserError(
    'PLAN_MISSING',
    `there is no ${file}`,
    `check the name of the fleet; a new one is written by breakwater synth ${name}`,
  );
}

/** The plan on disk; `undefined` where there is none that can be read. */
export function readablePlan(opened: OpenedFleet): PlanFile | undefined {
  try {
    return planOf(opened);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** Classes that have pointers below `slices/`. */
export const classesWithPointers = ({ found }: OpenedFleet): ReadonlySet<string> =>
  new Set([...found.files].flatMap((path) => pointerClass(path) ?? []));

/**
 * Refuse pointers whose rollout file is gone: taken for a new fleet, every slice would get the wanted release at once.
 * @throws UserError `ROLLOUT_MISSING`
 */
export function refuseMissingRollout(opened: OpenedFleet): void {
  if (opened.state !== undefined || classesWithPointers(opened).size === 0) return;
  const file = rolloutFile(opened.name);
  throw new UserError(
    'ROLLOUT_MISSING',
    `there is no ${file}, and ${fleetFolder(opened.name)}/slices has pointers: nothing was written`,
    `check it out from Git: git checkout HEAD -- ${file}`,
  );
}

/**
 * The state that verbs without a definition move.
 * @throws UserError `ROLLOUT_MISSING`
 */
export function stateOf(opened: OpenedFleet, plan: PlanFile): RolloutState {
  const pointing = classesWithPointers(opened);
  const lacking = Object.keys(plan.classes).filter(
    (name) => pointing.has(name) && opened.state?.classes[name] === undefined,
  );
  if (opened.state !== undefined && lacking.length === 0) return opened.state;
  const file = rolloutFile(opened.name);
  throw new UserError(
    'ROLLOUT_MISSING',
    opened.state === undefined
      ? `there is no ${file}`
      : `${file} has no lines for class ${lacking.join(', ')}, which has pointers in ${fleetFolder(opened.name)}/slices`,
    `check it out from Git: git checkout HEAD -- ${file}`,
  );
}

/** A file that a kill cut short is not JSON. */
function wholeJson(text: string | undefined): string | undefined {
  try {
    JSON.parse(text ?? '');
    return text;
  } catch {
    return undefined;
  }
}
