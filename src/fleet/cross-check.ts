// What a schema cannot say: names that must agree. The compiler says it too, but not of JavaScript and JSON.

import type { WrittenFleet } from './model-lock.ts';
import { argoCdProblems, inClusterProblems } from './cross-check-engines.ts';
import type { ClassSpec } from './spec.ts';
import { parseBitRate, parseBytes, parseDuration, parseMillicores } from './units.ts';
import { instead, type Problem } from './schema-problems.ts';

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const CHILD = '-release';
/** Kubernetes' and Flux's own namespaces: the fleet's name is its namespace. */
const TAKEN = /^(default|flux-system|kube-.*)$/;
/** Flux writes the child Kustomization's name as a label on every object, and labels end at 63 characters. */
const LONGEST_NAME = 63 - CHILD.length;

const step = (key: string): string => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
const quote = (text: string): string => JSON.stringify(text);

function* nameProblems({ name }: WrittenFleet): Generator<Problem> {
  const path = '/name';
  if (name.endsWith(CHILD)) {
    const other = name.slice(0, -CHILD.length);
    yield {
      path,
      text: `is ${quote(name)}, the name of the child Kustomization of a fleet ${quote(other)}: drop ${CHILD}`,
    };
  }
  if (TAKEN.test(name)) {
    yield {
      path,
      text: `is ${quote(name)}, a namespace of Kubernetes or Flux: name the fleet after what it does`,
    };
  }
  if (name.length > LONGEST_NAME) {
    yield { path, text: `is ${quote(name)}, ${name.length} characters, expected at most ${LONGEST_NAME}` };
  }
}

/** Keys become names of folders and objects. */
function* keyProblems(spec: WrittenFleet): Generator<Problem> {
  for (const part of ['classes', 'models', 'workloads'] as const) {
    for (const key of Object.keys(spec[part] ?? {})) {
      if (LABEL.test(key)) continue;
      yield {
        path: `/${part}`,
        text: `has the name ${quote(key)}, expected lower-case letters, digits and "-", at most 63 characters`,
      };
    }
  }
}

function* classProblems(classes: Readonly<Record<string, ClassSpec>>): Generator<Problem> {
  if (Object.keys(classes).length === 0)
    yield { path: '/classes', text: 'is empty, expected at least one class' };
  for (const [name, spec] of Object.entries(classes)) {
    const { servers, maxDevicesPerCluster, renamedFrom } = spec;
    const path = `/classes${step(name)}`;
    for (const [key, amount] of amountsOf(spec)) {
      if (amount > 0) continue;
      yield { path: `${path}/${key}`, text: `is ${quote(spec[key])}, expected more than nothing` };
    }
    if (servers > maxDevicesPerCluster) {
      yield {
        path: `${path}/servers`,
        text: `is ${servers}, more than maxDevicesPerCluster ${maxDevicesPerCluster}: lower one or raise the other`,
      };
    }
    if (renamedFrom !== undefined && Object.hasOwn(classes, renamedFrom)) {
      yield {
        path: `${path}/renamedFrom`,
        text: `is ${quote(renamedFrom)}, which is still a class: remove one of them`,
      };
    }
  }
}

/** What a device cannot be without, as numbers. */
const amountsOf = ({ memory, cpu, disk, uplink }: ClassSpec) =>
  [
    ['memory', parseBytes(memory)],
    ['cpu', parseMillicores(cpu)],
    ['disk', parseBytes(disk)],
    ['uplink', parseBitRate(uplink)],
  ] as const;

function* inventoryProblems({ inventory, classes }: WrittenFleet): Generator<Problem> {
  if ('kind' in inventory) return;
  for (const [index, { class: name, devicesPerCluster }] of inventory.entries()) {
    const path = `/inventory/${index}`;
    const spec = Object.hasOwn(classes, name) ? classes[name] : undefined;
    if (spec === undefined) {
      yield {
        path: `${path}/class`,
        text: `is ${quote(name)}, no class of this fleet: ${instead(name, Object.keys(classes))}`,
      };
    } else if (devicesPerCluster > spec.maxDevicesPerCluster) {
      yield {
        path: `${path}/devicesPerCluster`,
        text: `is ${devicesPerCluster}, more than maxDevicesPerCluster ${spec.maxDevicesPerCluster} of ${quote(name)}`,
      };
    }
  }
}

/** Every `byClass` names each class and no other. */
function* byClassProblems(value: unknown, path: string, classes: readonly string[]): Generator<Problem> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const here = path + step(key);
    if (key === 'byClass') {
      const named = Object.keys(inner as object);
      for (const name of named.filter((name) => !classes.includes(name))) {
        yield { path: here, text: `names ${quote(name)}, no class of this fleet: ${instead(name, classes)}` };
      }
      for (const name of classes.filter((name) => !named.includes(name))) {
        yield { path: here, text: `lacks the class ${quote(name)}` };
      }
    }
    yield* byClassProblems(inner, here, classes);
  }
}

function* workloadProblems({ workloads, models, classes, rollout }: WrittenFleet): Generator<Problem> {
  for (const [name, workload] of Object.entries(workloads)) {
    if (typeof workload === 'function') continue;
    const path = `/workloads${step(name)}`;
    if (!Object.hasOwn(models ?? {}, workload.model)) {
      const names = Object.keys(models ?? {});
      yield {
        path: `${path}/model`,
        text: `is ${quote(workload.model)}, no model of this fleet: ${instead(workload.model, names)}`,
      };
    }
    yield* byClassProblems(workload, path, Object.keys(classes));
    yield* inClusterProblems(workload, path, rollout.gate.by === 'human');
  }
}

function* waveProblems({ rollout: { waves } }: WrittenFleet): Generator<Problem> {
  for (const [index, { name }] of waves.entries()) {
    const first = waves.findIndex((other) => other.name === name);
    if (first < index)
      yield {
        path: `/rollout/waves/${index}/name`,
        text: `is ${quote(name)}, the name of wave ${first} too`,
      };
  }
}

/** Both ends of one kind, in order, on days of the calendar. */
function* freezeProblems({ rollout: { freeze = [] } }: WrittenFleet): Generator<Problem> {
  for (const [index, { from, until }] of freeze.entries()) {
    const path = `/rollout/freeze/${index}`;
    const dated = [from, until].filter((time) => /^\d/.test(time));
    const strange = dated.find((time) => !isOnCalendar(`${time.slice(0, -1)}:00.000Z`));
    if (strange !== undefined) {
      const key = strange === from ? 'from' : 'until';
      yield {
        path: `${path}/${key}`,
        text: `is ${quote(strange)}, expected a day of the calendar, such as "2027-03-01T00:00Z"`,
      };
    } else if (dated.length === 1) {
      yield {
        path,
        text: `is from ${quote(from)} until ${quote(until)}, expected two times of one kind: of one day, or of every week`,
      };
    } else if (dated.length === 2 ? from >= until : from === until) {
      yield {
        path,
        text: `is from ${quote(from)} until ${quote(until)}, expected an end after the beginning`,
      };
    }
  }
}

const isOnCalendar = (time: string): boolean => {
  const date = new Date(time);
  return !Number.isNaN(date.getTime()) && date.toISOString() === time;
};

/** Days that no calendar has pass the pattern. */
function* dateProblems(value: unknown, path: string): Generator<Problem> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const here = path + step(key);
    if (key === 'until' && typeof inner === 'string') {
      if (!isOnCalendar(`${inner}T00:00:00.000Z`)) {
        yield {
          path: here,
          text: `is ${quote(inner)}, expected a day of the calendar, such as "2027-03-01"`,
        };
      }
    }
    yield* dateProblems(inner, here);
  }
}

function* intervalProblems({ delivery }: WrittenFleet): Generator<Problem> {
  const times: Readonly<Record<string, string | undefined>> =
    delivery.kind === 'flux'
      ? { interval: delivery.interval, timeout: delivery.timeout, retryInterval: delivery.retryInterval }
      : { interval: delivery.interval };
  for (const [key, duration] of Object.entries(times)) {
    if (duration === undefined || parseDuration(duration) > 0) continue;
    yield { path: `/delivery/${key}`, text: `is ${quote(duration)}, expected more than nothing` };
  }
}

/** What does not agree in a definition that matches the schema. */
export function* crossProblems(spec: WrittenFleet): Generator<Problem> {
  yield* nameProblems(spec);
  yield* keyProblems(spec);
  yield* classProblems(spec.classes);
  yield* inventoryProblems(spec);
  yield* workloadProblems(spec);
  yield* waveProblems(spec);
  yield* freezeProblems(spec);
  yield* intervalProblems(spec);
  yield* argoCdProblems(spec);
  yield* dateProblems({ ignore: spec.ignore, classes: spec.classes, workloads: spec.workloads }, '');
}
