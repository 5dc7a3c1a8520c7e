import type { ExternalObjects, FleetSpec, Suppression } from '../fleet/spec.ts';
import type { Plan, PlanFile, ReleaseId, Version } from '../plan/plan.ts';
import type { RolloutState } from '../plan/state.ts';
import type { KubeObject, PlacedObject, Release } from '../synth/manifests.ts';
import type { LockedModel } from '../fleet/model-lock.ts';
import type { ImageLock } from '../fleet/image-lock.ts';
import type { Position, RuleFinding, Severity } from './finding.ts';
import type { SchemaSet } from './schema-set.ts';

/** What rules need of the folders before: they import `check` alone for it. */
export type { KubeObject, PlacedObject, Release };

/** What rules look at, by name. */
export interface Subjects {
  /** A definition and its plan. */
  readonly fleet: FleetSubject;
  /** One class's release on its device. */
  readonly class: ClassSubject;
  /** Objects that are applied together: one class's release, or YAML files that were given. */
  readonly objects: ObjectsSubject;
  /** The rollout file and the stored releases. */
  readonly rollout: RolloutSubject;
  /** The plan beside the plan at a reference. */
  readonly change: ChangeSubject;
  /** One YAML or JSON file that was given, as it was read. */
  readonly file: FileSubject;
  /** The `ignore` entries of a definition, and what they met. Looked at last. */
  readonly ignores: IgnoresSubject;
}

export type Subject = keyof Subjects;

export interface FleetSubject {
  readonly spec: FleetSpec;
  readonly plan: Plan;
  /** Models that are built, with their definitions and locks; absent where none is. */
  readonly built?: readonly LockedModel[];
}

export interface ClassSubject extends FleetSubject {
  /** Name of the class. */
  readonly class: string;
  readonly release: Release;
  /** What is known of images; `undefined` where there is no lock file. */
  readonly images: ImageLock | undefined;
}

export interface ObjectsSubject {
  readonly objects: readonly PlacedObject[];
  /** What others make; `undefined` for YAML files, where nothing says so. */
  readonly external: ExternalObjects | undefined;
  /** Whether names must resolve among `objects`: true for a release, false for files that were given alone. */
  readonly complete: boolean;
  /** Schemas of the minor that the objects are for; `undefined` where there are none for it. */
  readonly schemas?: SchemaSet | undefined;
}

export interface RolloutSubject {
  readonly state: RolloutState;
  readonly plan: PlanFile;
  /** By class and release id: what is stored, re-hashed. `missing` and `changed` cannot be run. */
  readonly stored: ReadonlyMap<string, ReadonlyMap<ReleaseId, StoredRelease>>;
}

export interface StoredRelease {
  readonly id: ReleaseId;
  readonly status: 'whole' | 'missing' | 'changed';
  readonly versions: Readonly<Record<string, Version>>;
}

export interface ChangeSubject {
  /** `undefined`: the fleet is new, nothing to compare with. */
  readonly before: PlanFile | undefined;
  readonly after: PlanFile;
  /** What each class's wanted release holds. */
  readonly objects: Readonly<Record<string, readonly KubeObject[]>>;
}

export interface FileSubject {
  /** Path from the working folder, with `/`. */
  readonly file: string;
  /** How many objects were read from it. */
  readonly objects: number;
  readonly problems: readonly FileProblem[];
}

export interface FileProblem {
  /** `syntax`: not YAML; `object`: YAML, but no Kubernetes object; `foreign`: for another tool than the API server. */
  readonly kind: 'syntax' | 'object' | 'foreign';
  /** What is wrong: lower case, one clause, no full stop. */
  readonly message: string;
  readonly position: Position;
}

export interface IgnoresSubject {
  /** In the order of the definition. */
  readonly entries: readonly MetIgnore[];
  /** Ids of all rules. */
  readonly rules: readonly string[];
}

export interface MetIgnore {
  readonly entry: Suppression;
  /** JSON Pointer into the definition. */
  readonly path: string;
  /**
   * `used`: it accepts a finding; `unused`: its rule ran and found nothing for it; `unjudged`: its rule did not run or
   * could not judge; `expired`: its last day is over; `unknown`: no such rule.
   */
  readonly met: 'used' | 'unused' | 'unjudged' | 'expired' | 'unknown';
}

/** A good or bad case: a test and a part of the rule's page. */
export interface Example<S extends Subject> {
  readonly title: string;
  readonly subject: Subjects[S];
  /** The messages expected, in order; none for a good case. */
  readonly expect: readonly string[];
}

/** Yielded where a rule cannot judge: counted as not evaluated. */
export interface CannotJudge {
  readonly notEvaluated: string;
}

export interface Rule<S extends Subject = Subject> {
  /** Kebab case; the file name, the SARIF rule id and the page's anchor. Never reused. */
  readonly id: string;
  /** What it looks at. */
  readonly on: S;
  readonly severity: Severity;
  /** What it checks, one sentence. */
  readonly summary: string;
  /** Why it matters on a device, one or two sentences. */
  readonly why: string;
  /** The page that states the limit or behaviour relied on. */
  readonly source: string;
  /** First release that had it. */
  readonly since: string;
  /** Report what is wrong. Pure: same subject, same findings, in the same order. */
  check(subject: Subjects[S]): Iterable<RuleFinding | CannotJudge>;
  readonly examples: readonly Example<S>[];
}

/** Declare a rule. Returns its argument; exists so that `on` fixes the type of `check`. */
export const defineRule = <S extends Subject>(rule: Rule<S>): Rule<S> => rule;
