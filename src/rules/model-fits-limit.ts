import { inMi } from '../check/quantities.ts';
import { defineRule } from '../check/rule.ts';
import type { FleetSpec, ServerSpec } from '../fleet/spec.ts';
import { serverBytes } from '../fleet/server-memory.ts';
import { parseBytes } from '../fleet/units.ts';
import { exampleClass } from './example-class.ts';
import type { Overrides } from './example-fleet.ts';
import { forClass } from './model-servers.ts';

/** Limit over what is counted, a ratio: what the counting misses. */
const HEADROOM = 1.25;

export default defineRule({
  id: 'model-fits-limit',
  on: 'class',
  severity: 'error',
  summary:
    "A model server's memory limit must cover the server, the model's files and each interpreter's peak, with 25 % to spare.",
  why: 'TensorFlow Serving checks 1.2 times the file size before it loads a model and never what inference takes: what is missing shows as a kill at the first requests, again and again.',
  source: 'https://github.com/tensorflow/serving/blob/master/tensorflow_serving/servables/tensorflow/util.cc',
  since: '0.1.0',

  *check({ spec, class: name }) {
    for (const [workload, value] of Object.entries(spec.workloads)) {
      if (!('kind' in value)) continue;
      const model = spec.models?.[value.model];
      const server = forClass(value.server, name);
      const limit = forClass(value.memory, name);
      if (!model || !server || limit === undefined) continue;
      const base = serverBytes(server);
      const pools = server.kind === 'tensorflow-serving' ? (server.pools ?? 1) : 1;
      const bytes = (base ?? 0) + parseBytes(model.size) + pools * parseBytes(model.peakMemory);
      const needed = Math.ceil(bytes * HEADROOM);
      const path = `/workloads/${workload}/memory`;
      const sum = [
        ...(base === undefined ? [] : [`${inMi(base, 'up')} of the server`]),
        `${model.size} of files`,
        `${pools === 1 ? '' : `${pools} × `}${model.peakMemory} at peak`,
      ].join(' + ');
      if (needed > parseBytes(limit)) {
        yield {
          path,
          classes: [name],
          message: `memory ${limit} of workload ${workload} on class ${name} does not cover ${inMi(needed, 'up')}: (${sum}) × ${HEADROOM}`,
          fix: `set memory to ${inMi(needed, 'up')} or more, keep fewer interpreters ready, or build a smaller model`,
        };
      } else if (base === undefined) {
        yield {
          notEvaluated: `memory of the server itself in workload ${workload}: its baseMemory is not declared; model ${model.name} alone takes ${inMi(needed, 'up')} of ${limit}`,
        };
      }
    }
  },

  examples: [
    {
      title: 'server, files and one interpreter: (220Mi + 5Mi + 64Mi) × 1.25 = 361.25Mi',
      subject: exampleClass([], { fleet: container('362Mi') }),
      expect: [],
    },
    {
      title: 'one Mi less',
      subject: exampleClass([], { fleet: container('361Mi') }),
      expect: [
        'memory 361Mi of workload inference on class n100 does not cover 362Mi: (220Mi of the server + 5Mi of files + 64Mi at peak) × 1.25',
      ],
    },
    {
      title: 'our own server, whose memory is known: (152Mi + 8 × 8Mi + 5Mi + 64Mi) × 1.25 = 356.25Mi',
      subject: exampleClass([], { fleet: own('356Mi') }),
      expect: [
        'memory 356Mi of workload inference on class n100 does not cover 357Mi: (216Mi of the server + 5Mi of files + 64Mi at peak) × 1.25',
      ],
    },
    {
      title: 'our own server with enough',
      subject: exampleClass([], { fleet: own('357Mi') }),
      expect: [],
    },
    {
      title: 'eight interpreters of TensorFlow Serving',
      subject: exampleClass([], {
        fleet: { workloads: { inference: { server: { kind: 'tensorflow-serving', pools: 8 } } } },
      }),
      expect: [
        'memory 512Mi of workload inference on class n100 does not cover 647Mi: (5Mi of files + 8 × 64Mi at peak) × 1.25',
      ],
    },
    {
      title: 'a server whose own memory nobody declared',
      subject: exampleClass([]),
      expect: [
        'not evaluated: memory of the server itself in workload inference: its baseMemory is not declared; model detector alone takes 87Mi of 512Mi',
      ],
    },
  ],
});

function own(memory: string): Overrides<FleetSpec> {
  const server: ServerSpec = { kind: 'breakwater', image: 'registry.example.com/server', maxBody: '8Mi' };
  return { workloads: { inference: { server, memory } } };
}

function container(memory: string): Overrides<FleetSpec> {
  const server: ServerSpec = {
    kind: 'container',
    image: 'registry.example.com/server',
    ports: { http: 8501 },
    ready: '/',
    baseMemory: '220Mi',
  };
  return { workloads: { inference: { server, memory } } };
}
