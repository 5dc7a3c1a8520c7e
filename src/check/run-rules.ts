import type { NotEvaluated, RuleFinding } from './finding.ts';
import type { Rule, Subject, Subjects } from './rule.ts';

/** What a rule found, before places, numbers of devices and suppressions are added. */
export interface Hit {
  readonly rule: Rule;
  readonly finding: RuleFinding;
  /** The class whose release it was found in. */
  readonly class?: string;
  /** The file that was given. */
  readonly file?: string;
}

/** Collects what rules find in the subjects of one run. */
export class RuleRun {
  readonly hits: Hit[] = [];
  readonly notEvaluated: NotEvaluated[] = [];
  /** Ids of rules that did not run everywhere. */
  readonly unjudged = new Set<string>();
  readonly #said = new Set<string>();
  readonly #rules: readonly Rule[];
  readonly #fleet: string | undefined;

  constructor(rules: readonly Rule[], fleet?: string) {
    this.#rules = rules;
    this.#fleet = fleet;
  }

  /**
   * Let all rules of one kind look at a subject.
   * @throws Error of a rule, with the rule's id: a bug of ours, since what a user wrote must never make a rule throw
   */
  on<S extends Subject>(kind: S, subject: Subjects[S], where: Pick<Hit, 'class' | 'file'> = {}): void {
    for (const rule of this.#rules) {
      if (rule.on !== kind) continue;
      try {
        for (const said of rule.check(subject)) {
          if ('notEvaluated' in said) this.#skip(rule, said.notEvaluated);
          else this.hits.push({ rule, finding: said, ...where });
        }
      } catch (error) {
        const place = where.class ?? where.file ?? this.#fleet ?? kind;
        throw new Error(`rule ${rule.id} failed on ${place}: ${String(error)}`, { cause: error });
      }
    }
  }

  /** Count all rules of one kind as not evaluated. */
  without(kind: Subject, reason: string): void {
    for (const rule of this.#rules) if (rule.on === kind) this.#skip(rule, reason);
  }

  #skip({ id }: Rule, reason: string): void {
    this.unjudged.add(id);
    const key = `${id}\0${reason}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.notEvaluated.push({
      rule: id,
      ...(this.#fleet === undefined ? {} : { fleet: this.#fleet }),
      reason,
    });
  }
}
