import type { Chart as AnyChart } from 'cdk8s';
import { UserError } from '../errors.ts';
import { App, Chart } from './cdk8s.ts';
import type { KubeObject } from './manifests.ts';
import { placeInNamespace } from './scope.ts';
import { ownFrame } from './stack.ts';

/** What a chart is for, in the words of an error. */
export interface ChartSubject {
  readonly fleet: string;
  readonly class: string;
  readonly workload: string;
}

/** Whether cdk8s was handed a list of objects instead of one: kustomize takes it apart, so we do. */
const isList = ({ kind, items }: Partial<KubeObject>): boolean =>
  typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items);

function failure(error: unknown, { fleet, class: className, workload }: ChartSubject): UserError {
  if (error instanceof UserError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const at = error instanceof Error ? ownFrame(error) : undefined;
  return new UserError(
    'FLEET_SYNTH',
    `workload "${workload}" of fleet "${fleet}" cannot be synthesized for class "${className}": ${text}${at === undefined ? '' : `\n    ${at}`}`,
    `fix what the workload's construct does${at === undefined ? '' : ' at that line'}`,
    { cause: error },
  );
}

/**
 * Run what builds constructs in a chart of its own, and return its objects with every token resolved.
 *
 * One `App` for each chart: `App.synth()` prepares the whole app again for each of its charts, so that its time
 * grows with the square of their number. Writes nothing.
 *
 * @throws UserError `FLEET_SYNTH` with the line of the user's own file, for whatever `build` throws
 */
export function synthChart(
  subject: ChartSubject,
  namespace: string,
  build: (chart: AnyChart) => unknown,
): readonly KubeObject[] {
  try {
    // The chart's name begins the generated names of objects, its namespace is what constructs refer to each other with.
    const chart = new Chart(new App(), subject.workload, { namespace });
    const result = build(chart);
    if (typeof (result as { readonly then?: unknown } | undefined)?.then === 'function') {
      throw new UserError(
        'FLEET_SYNTH',
        `workload "${subject.workload}" of fleet "${subject.fleet}" returns a promise, and what it adds later would be lost`,
        'fetch what it needs before defineFleet, with await at the top of the file',
      );
    }
    const objects = (chart.toJson() as KubeObject[]).flatMap((object) =>
      isList(object) ? (object['items'] as KubeObject[]) : [object],
    );
    return placeInNamespace(objects, namespace);
  } catch (error) {
    throw failure(error, subject);
  }
}
