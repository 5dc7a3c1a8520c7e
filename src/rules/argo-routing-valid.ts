import { asList, asRecord, asText, within, type Json } from '../check/json.ts';
import { defineRule } from '../check/rule.ts';
import { argoObjects, exampleArgoRollout } from './argo-objects.ts';
import { exampleObjects } from './example-objects.ts';
import { listed } from './numbers.ts';

const CANARY = '/spec/strategy/canary';

/** Routers that tell both versions apart by their Services alone. */
const BY_SERVICE = ['alb', 'istio', 'smi', 'apisix', 'ambassador', 'nginx', 'appMesh', 'traefik'] as const;

/** Which routers can do what; `plugins` may do anything. */
const ABLE = {
  setHeaderRoute: ['istio', 'alb', 'apisix', 'plugins'],
  setMirrorRoute: ['istio', 'plugins'],
  'an experiment with a weight': ['smi', 'alb', 'istio', 'plugins'],
  maxTrafficWeight: ['nginx', 'plugins'],
  pingPong: ['alb', 'istio', 'plugins'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

interface Said {
  readonly path: string;
  readonly message: string;
  readonly fix: string;
}
const say = (path: string, message: string, fix: string): Said => ({
  path: `${CANARY}${path}`,
  message,
  fix,
});

const has = (of: unknown, name: string): boolean => within(of, name) !== undefined;

/** Where nothing that routes can do it; `undefined` where something can. */
function* unable(routing: unknown, what: keyof typeof ABLE, path: string, step = ''): Generator<Said> {
  const able = ABLE[what];
  if (able.some((router) => has(routing, router))) return;
  yield say(
    path,
    `${step}${what} asks for a router that can: ${listed(able)}`,
    `remove it, or route with ${able[0]}`,
  );
}

function* serviceProblems(canary: Json, routing: Json): Generator<Said> {
  const named = BY_SERVICE.filter((router) => has(routing, router)).filter((router) => {
    if (router === 'alb') return !has(canary, 'pingPong');
    return router !== 'istio' || !(has(canary, 'pingPong') || has(routing['istio'], 'destinationRule'));
  });
  for (const field of ['stableService', 'canaryService'])
    if (named.length > 0 && !asText(canary[field]))
      yield say(
        `/${field}`,
        `${named[0]} routes between two Services, and ${field} names none`,
        `name the Service in ${field}`,
      );
  if (!has(canary, 'pingPong')) return;
  const { pingService, pongService } = asRecord(canary['pingPong']);
  if (pingService === pongService)
    yield say(
      '/pingPong/pingService',
      `pingService and pongService are both ${JSON.stringify(pingService)}`,
      'give each a Service of its own',
    );
  yield* unable(routing, 'pingPong', '/pingPong');
  if (has(routing, 'alb') && !asText(within(routing, 'alb', 'rootService')))
    yield say(
      '/trafficRouting/alb/rootService',
      'pingPong with alb lacks the rootService that it changes',
      'name it in rootService',
    );
}

/** A text is matched in exactly one way; an ALB knows one way alone. */
function* matchProblems(match: unknown, path: string, step: string, exactOnly: boolean): Generator<Said> {
  const ways = ['exact', 'regex', 'prefix'].filter((way) => asText(within(match, way)));
  const isRight = exactOnly ? ways.length === 1 && ways[0] === 'exact' : ways.length === 1;
  if (!isRight)
    yield say(
      path,
      `${step}matches by ${ways.length === 0 ? 'nothing' : listed(ways)}, of ${exactOnly ? 'exact alone' : 'one of exact, regex, prefix'}`,
      `write ${exactOnly ? 'exact' : 'one of them'}`,
    );
}

function* routeProblems(value: unknown, routing: Json, index: number): Generator<Said> {
  const step = `step ${index}: `;
  for (const action of ['setHeaderRoute', 'setMirrorRoute'] as const) {
    if (!has(value, action)) continue;
    const at = `/steps/${index}/${action}`;
    const managed = asList(routing['managedRoutes']).map((route) => asText(within(route, 'name')));
    const name = asText(within(value, action, 'name'));
    if (!managed.includes(name))
      yield say(
        `${at}/name`,
        `${step}the route ${JSON.stringify(name)} is not among managedRoutes`,
        'add it to trafficRouting.managedRoutes',
      );
    yield* unable(routing, action, at, step);
    const fields = action === 'setHeaderRoute' ? ['headerValue'] : ['method', 'path'];
    for (const [place, match] of asList(within(value, action, 'match')).entries())
      for (const field of fields)
        if (has(match, field) || field === 'headerValue')
          yield* matchProblems(
            within(match, field),
            `${at}/match/${place}`,
            step,
            field === 'headerValue' && has(routing, 'alb'),
          );
  }
  for (const [place, template] of asList(within(value, 'experiment', 'templates')).entries())
    if (has(template, 'weight'))
      yield* unable(
        routing,
        'an experiment with a weight',
        `/steps/${index}/experiment/templates/${place}/weight`,
        step,
      );
}

function* unroutedProblems(canary: Json): Generator<Said> {
  const because = 'and nothing routes requests';
  for (const field of ['scaleDownDelaySeconds', 'dynamicStableScale'])
    if (canary[field] !== undefined && canary[field] !== false)
      yield say(`/${field}`, `${field} is set, ${because}`, `remove ${field}, or add trafficRouting`);
  for (const [index, value] of asList(canary['steps']).entries()) {
    const asked = ['setCanaryScale', 'setHeaderRoute', 'setMirrorRoute'].filter((action) =>
      has(value, action),
    );
    const weights = asList(within(value, 'experiment', 'templates')).filter((one) => has(one, 'weight'));
    for (const action of [...asked, ...(weights.length > 0 ? ['an experiment with a weight'] : [])])
      yield say(
        `/steps/${index}`,
        `step ${index} asks for ${action}, ${because}`,
        'add trafficRouting, or let setWeight change the number of replicas',
      );
  }
}

function* problemsOf(canary: Json): Generator<Said> {
  if (canary['trafficRouting'] === undefined) {
    yield* unroutedProblems(canary);
    return;
  }
  const routing = asRecord(canary['trafficRouting']);
  yield* serviceProblems(canary, routing);
  if (canary['scaleDownDelaySeconds'] !== undefined && canary['dynamicStableScale'] === true)
    yield say(
      '/dynamicStableScale',
      'dynamicStableScale and scaleDownDelaySeconds both say when the old version goes',
      'remove one of them',
    );
  if (has(routing, 'maxTrafficWeight'))
    yield* unable(routing, 'maxTrafficWeight', '/trafficRouting/maxTrafficWeight');
  for (const [index, value] of asList(canary['steps']).entries()) yield* routeProblems(value, routing, index);
}

export default defineRule({
  id: 'argo-routing-valid',
  on: 'objects',
  severity: 'error',
  summary: 'Argo Rollouts can route requests as a Rollout says.',
  why: 'Each router can do a part of what the definition of Rollouts has fields for, and the API server takes them all. Argo Rollouts then calls the Rollout invalid and does nothing: the pods stay at the version before.',
  source: 'https://argo-rollouts.readthedocs.io/en/stable/features/traffic-management/',
  since: '0.1.0',

  *check(subject) {
    for (const placed of argoObjects(subject, 'Rollout')) {
      const canary = within(placed.object['spec'], 'strategy', 'canary');
      for (const said of problemsOf(asRecord(canary))) yield { ...said, at: placed };
    }
  },

  examples: [
    {
      title: 'replicas alone, and weights between two Services',
      subject: exampleObjects([
        exampleArgoRollout([{ setWeight: 25 }]),
        exampleArgoRollout([{ setWeight: 5 }], {
          stableService: 'stable',
          canaryService: 'canary',
          trafficRouting: { nginx: { stableIngress: 'inference' }, maxTrafficWeight: 1000 },
        }),
      ]),
      expect: [],
    },
    {
      title: 'what only routers do, where there is none',
      subject: exampleObjects([
        exampleArgoRollout([{ setCanaryScale: { weight: 10 } }], { scaleDownDelaySeconds: 30 }),
      ]),
      expect: [
        'scaleDownDelaySeconds is set, and nothing routes requests',
        'step 0 asks for setCanaryScale, and nothing routes requests',
      ],
    },
    {
      title: 'a router without its Services, and a mirror that it has not',
      subject: exampleObjects([
        exampleArgoRollout(
          [{ setMirrorRoute: { name: 'copy', match: [{ path: { exact: '/', prefix: '/v1' } }] } }],
          {
            canaryService: 'canary',
            dynamicStableScale: true,
            scaleDownDelaySeconds: 30,
            trafficRouting: { traefik: { weightedTraefikServiceName: 'inference' }, maxTrafficWeight: 10 },
          },
        ),
      ]),
      expect: [
        'traefik routes between two Services, and stableService names none',
        'dynamicStableScale and scaleDownDelaySeconds both say when the old version goes',
        'maxTrafficWeight asks for a router that can: nginx and plugins',
        'step 0: the route "copy" is not among managedRoutes',
        'step 0: setMirrorRoute asks for a router that can: istio and plugins',
        'step 0: matches by exact and prefix, of one of exact, regex, prefix',
      ],
    },
    {
      title: 'a header route of a load balancer by its exact value',
      subject: exampleObjects([alb({ exact: 'always' })]),
      expect: [],
    },
    {
      title: 'a header route of a load balancer by an expression, and ping that is pong',
      subject: exampleObjects([alb({ regex: 'a.*' }, { pingService: 'a', pongService: 'a' })]),
      expect: [
        'pingService and pongService are both "a"',
        'pingPong with alb lacks the rootService that it changes',
        'step 0: matches by regex, of exact alone',
      ],
    },
  ],
});

function alb(headerValue: Json, pingPong?: Json) {
  return exampleArgoRollout(
    [{ setHeaderRoute: { name: 'header', match: [{ headerName: 'x-canary', headerValue }] } }],
    {
      ...(pingPong ? { pingPong } : { stableService: 'stable', canaryService: 'canary' }),
      trafficRouting: {
        managedRoutes: [{ name: 'header' }],
        alb: { ingress: 'inference', servicePort: 80 },
      },
    },
  );
}
