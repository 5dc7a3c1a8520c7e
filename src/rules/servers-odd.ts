import { step } from '../check/json.ts';
import { defineRule } from '../check/rule.ts';
import { exampleFleet } from './example-fleet.ts';

export default defineRule({
  id: 'servers-odd',
  on: 'fleet',
  severity: 'advice',
  summary: 'A cluster has an odd number of servers.',
  why: "K3s's embedded etcd needs more than half of its servers. An even number bears no more failures than one less, and has one more device that can fail.",
  source: 'https://docs.k3s.io/datastore/ha-embedded',
  since: '0.1.0',

  *check({ spec }) {
    for (const [name, { servers }] of Object.entries(spec.classes)) {
      if (servers % 2 === 1) continue;
      const borne = servers / 2 - 1;
      yield {
        path: `/classes${step(name)}/servers`,
        classes: [name],
        message: `class ${name} has ${servers} servers in a cluster, which bear the loss of ${borne}, as ${servers - 1} would`,
        fix: `set servers of class ${name} to ${servers - 1} or ${servers + 1}`,
      };
    }
  },

  examples: [
    { title: 'one server', subject: exampleFleet(), expect: [] },
    {
      title: 'two servers, where one would do',
      subject: exampleFleet({ classes: { n100: { servers: 2, maxDevicesPerCluster: 3 } } }),
      expect: ['class n100 has 2 servers in a cluster, which bear the loss of 0, as 1 would'],
    },
    {
      title: 'three servers',
      subject: exampleFleet({ classes: { n100: { servers: 3, maxDevicesPerCluster: 3 } } }),
      expect: [],
    },
  ],
});
