// Rollouts with one thing wrong at most, each of which Argo Rollouts has a name for.

import type { Json } from '../../src/check/json.ts';

type Parts = [name: string, steps: readonly Json[], canary?: Json, spec?: Json];

const SERVICES = { stableService: 'stable', canaryService: 'canary' };
const NGINX = { nginx: { stableIngress: 'inference' } };
const ALB = { alb: { ingress: 'inference', servicePort: 80 } };
const ISTIO = { istio: { virtualService: { name: 'inference' } } };
const HEADER = { managedRoutes: [{ name: 'header' }] };
const header = (headerValue: Json): Json => ({
  setHeaderRoute: { name: 'header', match: [{ headerName: 'x-canary', headerValue }] },
});
const mirror = (match: Json): Json => ({ setMirrorRoute: { name: 'header', percentage: 5, match: [match] } });
const blueGreen = (fields: Json, spec: Json = {}): Json => ({
  strategy: { blueGreen: { activeService: 'a', previewService: 'b', ...fields } },
  ...spec,
});
const experiment: Json = {
  experiment: { templates: [{ name: 'one', specRef: 'canary', weight: 5 }] },
};
const argument = (fieldPath: string): Json => ({
  analysis: {
    templates: [{ templateName: 'x' }],
    args: [{ name: 'it', valueFrom: { fieldRef: { fieldPath } } }],
  },
});
const affinity = (weight: number): Json => ({
  antiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: { weight } },
});

export const SINGLE_FAULTS: readonly Parts[] = [
  ['plain', [{ setWeight: 20 }, { pause: {} }]],
  ['weight-below-zero', [{ setWeight: -1 }]],
  ['weight-above-hundred', [{ setWeight: 101 }]],
  [
    'weight-of-a-thousand',
    [{ setWeight: 900 }],
    { ...SERVICES, trafficRouting: { ...NGINX, maxTrafficWeight: 1000 } },
  ],
  ['no-action', [{}]],
  ['two-actions', [{ setWeight: 5, pause: {} }]],
  [
    'weight-beside-scale',
    [{ setWeight: 5, setCanaryScale: { weight: 5 } }],
    { ...SERVICES, trafficRouting: NGINX },
  ],
  ['pause-in-seconds', [{ pause: { duration: 30 } }]],
  ['pause-in-text', [{ pause: { duration: '30' } }]],
  ['pause-in-hours', [{ pause: { duration: '1h30m' } }]],
  ['pause-without-meaning', [{ pause: { duration: 'soon' } }]],
  ['pause-below-zero', [{ pause: { duration: -1 } }]],
  ['scale-unrouted', [{ setCanaryScale: { weight: 5 } }]],
  ['header-unrouted', [header({ exact: 'a' })]],
  ['mirror-unrouted', [mirror({ path: { exact: '/' } })]],
  ['experiment-unrouted', [experiment]],
  ['experiment-by-nginx', [experiment], { ...SERVICES, trafficRouting: NGINX }],
  ['header-by-nginx', [header({ exact: 'a' })], { ...SERVICES, trafficRouting: { ...NGINX, ...HEADER } }],
  ['header-of-nobody', [header({ exact: 'a' })], { ...SERVICES, trafficRouting: ALB }],
  [
    'header-of-another',
    [header({ exact: 'a' })],
    { ...SERVICES, trafficRouting: { ...ALB, managedRoutes: [{ name: 'b' }] } },
  ],
  ['header-by-prefix', [header({ prefix: 'a' })], { ...SERVICES, trafficRouting: { ...ALB, ...HEADER } }],
  [
    'header-by-two',
    [header({ prefix: 'a', exact: 'a' })],
    { ...SERVICES, trafficRouting: { ...ISTIO, ...HEADER } },
  ],
  ['header-by-nothing', [header({})], { ...SERVICES, trafficRouting: { ...ISTIO, ...HEADER } }],
  [
    'mirror-by-alb',
    [mirror({ path: { exact: '/' } })],
    { ...SERVICES, trafficRouting: { ...ALB, ...HEADER } },
  ],
  [
    'mirror-by-two',
    [mirror({ path: { exact: '/', prefix: '/' } })],
    { ...SERVICES, trafficRouting: { ...ISTIO, ...HEADER } },
  ],
  ['surge-and-unavailable-zero', [], { maxSurge: '0%', maxUnavailable: 0 }],
  ['unavailable-zero', [], { maxUnavailable: 0 }],
  ['services-alike', [], { canaryService: 'a', stableService: 'a' }],
  ['no-stable-service', [], { canaryService: 'a', trafficRouting: NGINX }],
  ['no-canary-service', [], { stableService: 'a', trafficRouting: NGINX }],
  ['istio-without-services', [], { trafficRouting: ISTIO }],
  [
    'istio-by-subset',
    [],
    {
      trafficRouting: {
        istio: {
          ...ISTIO.istio,
          destinationRule: { name: 'x', canarySubsetName: 'c', stableSubsetName: 's' },
        },
      },
    },
  ],
  ['max-weight-by-alb', [], { ...SERVICES, trafficRouting: { ...ALB, maxTrafficWeight: 10 } }],
  ['scale-down-unrouted', [], { scaleDownDelaySeconds: 30 }],
  ['dynamic-unrouted', [], { dynamicStableScale: true }],
  [
    'dynamic-and-scale-down',
    [],
    { ...SERVICES, trafficRouting: NGINX, dynamicStableScale: true, scaleDownDelaySeconds: 30 },
  ],
  ['ping-is-pong', [], { trafficRouting: ISTIO, pingPong: { pingService: 'a', pongService: 'a' } }],
  [
    'ping-by-nginx',
    [],
    { ...SERVICES, trafficRouting: NGINX, pingPong: { pingService: 'a', pongService: 'b' } },
  ],
  ['ping-without-root', [], { trafficRouting: ALB, pingPong: { pingService: 'a', pongService: 'b' } }],
  ['argument-of-name', [argument('metadata.name')]],
  ['argument-of-label', [argument("metadata.labels['app']")]],
  ['argument-of-generation', [argument('metadata.generation')]],
  [
    'affinity-of-both',
    [],
    {
      antiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: { weight: 1 },
        requiredDuringSchedulingIgnoredDuringExecution: {},
      },
    },
  ],
  ['affinity-of-none', [], { antiAffinity: {} }],
  ['affinity-of-zero', [], affinity(0)],
  ['affinity-of-hundred', [], affinity(100)],
  [
    'both-strategies',
    [],
    {},
    { strategy: { canary: {}, blueGreen: { activeService: 'a', previewService: 'b' } } },
  ],
  ['no-strategy', [], {}, { strategy: {} }],
  ['blue-green', [], {}, blueGreen({})],
  ['blue-is-green', [], {}, blueGreen({ previewService: 'a' })],
  ['more-kept-than-history', [], {}, blueGreen({ scaleDownDelayRevisionLimit: 11 })],
  ['as-many-kept-as-history', [], {}, blueGreen({ scaleDownDelayRevisionLimit: 10 })],
  ['blue-green-affinity', [], {}, blueGreen(affinity(101))],
  ['empty-selector', [], {}, { selector: {} }],
  ['no-selector', [], {}, { selector: undefined }],
  ['deadline-reached', [], {}, { progressDeadlineSeconds: 60, minReadySeconds: 60 }],
  ['deadline-below-default', [], {}, { minReadySeconds: 599 }],
];
