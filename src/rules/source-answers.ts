import { defineRule } from '../check/rule.ts';
import type { Source } from '../fleet/spec.ts';
import { formatDuration, parseDuration } from '../fleet/units.ts';
import { askersOf, requestsPerSecond } from '../plan/exposure.ts';
import { exampleFleet } from './example-fleet.ts';
import { count, counted } from './numbers.ts';

/** Requests per second that public hosts are known to answer, by kind of source and host. */
const KNOWN: Readonly<Record<string, number>> = {
  // Git read operations of one repository: docs.github.com, "Repository limits".
  'git github.com': 15,
  // 44,000 a minute, as its own answers of status 429 say.
  'oci ghcr.io': 733,
};
const MINUTE = 60_000;
/** Requests per second that any host answers. */
const MODEST = 1;

export default defineRule({
  id: 'source-answers',
  on: 'fleet',
  severity: 'error',
  summary: 'All clusters together ask the source no more often than its host answers.',
  why: 'Every cluster asks once in every interval. A host that begins to refuse them refuses a rollback too, and the fleet stays on the bad release.',
  source: 'https://docs.github.com/en/repositories/creating-and-managing-repositories/repository-limits',
  since: '0.1.0',

  *check({ spec, plan }) {
    const { source, interval } = spec.delivery;
    const clusters = askersOf(plan.total.clusters, spec.delivery);
    if (clusters === 0 || parseDuration(interval) <= 0) return;
    const rate = requestsPerSecond(clusters, spec.delivery);
    const host = hostOf(source);
    const limit = source.limit?.requestsPerSecond ?? KNOWN[`${source.kind} ${host}`];
    if (limit === undefined) {
      if (rate > MODEST)
        yield {
          notEvaluated: `how many requests per second ${host} answers is not known; it gets ${perSecond(rate)} from ${counted(clusters, 'cluster')}: declare delivery.source.limit`,
        };
      return;
    }
    if (rate <= limit) return;
    const enough = Math.ceil((clusters * 1000) / limit / MINUTE) * MINUTE;
    yield {
      path: '/delivery/interval',
      message: `${perSecond(rate)} from ${counted(clusters, 'cluster')} asking every ${interval}; ${host} answers ${limit}`,
      fix: `set delivery.interval to ${formatDuration(enough)} or more`,
    };
  },

  examples: [
    {
      title: '100,000 clusters every 10m, 500 requests per second declared',
      subject: exampleFleet(),
      expect: [],
    },
    {
      title: 'the same every minute',
      subject: exampleFleet({ delivery: { interval: '1m' } }),
      expect: [
        '1,667 requests per second from 100,000 clusters asking every 1m; registry.example.com answers 500',
      ],
    },
    {
      title: 'exactly what the host answers',
      subject: exampleFleet({ delivery: { interval: '200s' } }),
      expect: [],
    },
    {
      title: 'a repository on GitHub, whose limit is known',
      subject: exampleFleet({
        delivery: {
          source: { kind: 'git', url: 'https://github.com/example/fleets', branch: 'main', limit: undefined },
        },
      }),
      expect: ['167 requests per second from 100,000 clusters asking every 10m; github.com answers 15'],
    },
    {
      title: 'a host of which nothing is known',
      subject: exampleFleet({ delivery: { source: { limit: undefined } } }),
      expect: [
        'not evaluated: how many requests per second registry.example.com answers is not known; it gets 167 requests per second from 100,000 clusters: declare delivery.source.limit',
      ],
    },
    {
      title: 'few clusters, and a host of which nothing is known',
      subject: exampleFleet({
        inventory: [{ class: 'n100', region: 'eu', clusters: 600, devicesPerCluster: 1 }],
        delivery: { source: { limit: undefined } },
      }),
      expect: [],
    },
  ],
});

const perSecond = (rate: number): string =>
  `${rate < 10 ? Number(rate.toPrecision(2)) : count(rate)} requests per second`;

/** The host in a URL: without user and port, also of `ssh://git@host:22/…`. */
const hostOf = ({ url }: Source): string => /^[a-z]+:\/\/(?:[^@/]*@)?([^:/]+)/.exec(url)?.[1] ?? url;
