import { UserError } from '../../errors.ts';
import type { Plan } from '../../plan/plan.ts';
import type { PrometheusClient } from './client.ts';
import type { Matchers } from './selector.ts';
import { answering, groupBy } from './series.ts';

/** @throws UserError `EVIDENCE` */
export function refuse(what: string, hint: string): never {
  throw new UserError('EVIDENCE', what, hint);
}

/**
 * Stop where devices that run one of our versions say that they are where the plan knows no devices.
 * @throws UserError `EVIDENCE`
 */
export async function refuseUnknown(
  matchers: Matchers,
  plan: Plan,
  client: PrometheusClient,
  atMs: number,
): Promise<void> {
  const slices = new Set(plan.slices.map(({ name }) => name));
  const labels = ['class', 'slice', 'version'];
  for (const { labels: found } of await client.query(groupBy(labels, answering({ matchers })), atMs)) {
    const { class: name = '', slice = '', version = '' } = found;
    if (plan.classes[name] === undefined || !slices.has(slice)) {
      refuse(
        `devices with version ${version} say that they are of class ${JSON.stringify(name)} and slice ${JSON.stringify(slice)}, which plan.json does not have`,
        'bootstrap their clusters again, or correct what rewrites the labels of their series',
      );
    }
  }
}

const WRONG: Readonly<Record<string, string>> = {
  duplicate: 'are sent twice',
  unnamed: 'do not say of which cluster and device they are',
  negative: 'count less than nothing',
  'no number': 'are not a number',
  'two places': 'are of two classes or two slices',
};

/**
 * Stop where an expression of `wrong` finds something.
 * @throws UserError `EVIDENCE`
 */
export async function refuseWrong(
  expressions: Readonly<Record<string, string>>,
  client: PrometheusClient,
  atMs: number,
): Promise<void> {
  for (const [what, expression] of Object.entries(expressions)) {
    const [count] = await client.query(`count(${expression})`, atMs);
    if (count === undefined || count.value === 0) continue;
    // To the power of 0: also what is no number has an element that is one.
    const [example] = await client.query(`topk(1, ${expression}) ^ 0`, atMs);
    const named = Object.entries(example?.labels ?? {})
      .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
      .join(',');
    refuse(
      `${count.value} series ${WRONG[what]!}, such as {${named}}`,
      'correct what sends or stores them; until then nothing that is counted can be relied on',
    );
  }
}
