import { step } from '../check/json.ts';
import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';
import { listed } from './numbers.ts';

/** Minors of Kubernetes that got fixes in November 2026, as K3s follows them. */
const SUPPORTED = ['1.35', '1.36', '1.37'];

const minorOf = (version: string): number => Number(version.split('.')[1]);

export default defineRule({
  id: 'k3s-supported',
  on: 'fleet',
  severity: 'warning',
  summary: 'Every class runs a minor of K3s that still gets fixes.',
  why: 'Kubernetes fixes its three newest minors, and K3s follows. A device on an older one keeps every hole found since, and later releases of Flux refuse to run there.',
  source: 'https://kubernetes.io/releases/',
  since: '0.1.0',

  *check({ spec }) {
    for (const [name, { k3s }] of Object.entries(spec.classes)) {
      if (SUPPORTED.includes(k3s)) continue;
      if (minorOf(k3s) > minorOf(SUPPORTED.at(-1)!))
        yield {
          notEvaluated: `class ${name} runs K3s ${k3s}, which is newer than all that this version of Breakwater knows`,
        };
      else
        yield {
          path: `/classes${step(name)}/k3s`,
          classes: [name],
          message: `class ${name} runs K3s ${k3s}, which gets no fixes any more; ${listed(SUPPORTED)} do`,
          fix: `upgrade the devices of class ${name} to K3s ${SUPPORTED[0]} or later, or accept it with a reason and a date`,
        };
    }
  },

  examples: [
    { title: 'K3s 1.36', subject: exampleFleet(), expect: [] },
    {
      title: 'the oldest that is supported',
      subject: exampleFleet({ classes: { n100: { k3s: '1.35' } } }),
      expect: [],
    },
    {
      title: 'one minor older',
      subject: exampleFleet({ classes: { n100: { k3s: '1.34' } } }),
      expect: ['class n100 runs K3s 1.34, which gets no fixes any more; 1.35, 1.36 and 1.37 do'],
    },
    {
      title: 'a minor of the future',
      subject: exampleFleet({ classes: { n100: { k3s: '1.38' } } }),
      expect: [
        'not evaluated: class n100 runs K3s 1.38, which is newer than all that this version of Breakwater knows',
      ],
    },
  ],
});
