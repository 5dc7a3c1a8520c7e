import { defineRule } from '../check/rule.ts';
import type { Source } from '../fleet/spec.ts';
import { exampleChange } from './example-change.ts';
import { counted } from './numbers.ts';

export default defineRule({
  id: 'source-kept',
  on: 'change',
  severity: 'warning',
  summary: 'Clusters keep reading the source that they were bootstrapped with.',
  why: 'The source is applied once, when a cluster is bootstrapped, and is not in any release. A new one in the definition reaches no cluster by itself, and nothing reports that.',
  source: 'https://fluxcd.io/flux/components/source/',
  since: '0.1.0',

  *check({ before, after }) {
    if (before === undefined) return;
    const clusters = counted(before.total.clusters, 'cluster');
    const [oldKind, kind] = [before.delivery.kind, after.delivery.kind];
    if (oldKind !== kind) {
      yield {
        path: '/delivery/kind',
        message: `the delivery changes from ${oldKind} to ${kind}: ${clusters} follow ${oldKind} until each is bootstrapped again`,
        fix: `bootstrap the clusters again, take ${oldKind}'s objects off them with what runs left alone, and accept this with a reason`,
      };
      return;
    }
    const [old, now] = [describe(before.delivery.source), describe(after.delivery.source)];
    if (old !== now)
      yield {
        path: '/delivery/source',
        message: `the source changes from ${old} to ${now}: the old one is read by ${clusters} until each is bootstrapped again`,
        fix: 'publish to both until all clusters are bootstrapped again, then accept this with a reason',
      };
    const [oldInterval, interval] = [before.delivery.interval, after.delivery.interval];
    if (oldInterval !== interval)
      yield {
        path: '/delivery/interval',
        message: `the interval changes from ${oldInterval} to ${interval}: the source is asked every ${oldInterval} by ${clusters} until each is bootstrapped again`,
        fix: 'bootstrap the clusters again and accept this with a reason, or keep the interval',
      };
  },

  examples: [
    { title: 'the same source', subject: exampleChange(), expect: [] },
    { title: 'a new fleet', subject: exampleChange({ before: null }), expect: [] },
    {
      title: 'from Git to OCI',
      subject: exampleChange({
        before: {
          delivery: { source: { kind: 'git', url: 'https://git.example.com/fleets', branch: 'main' } },
        },
      }),
      expect: [
        'the source changes from https://git.example.com/fleets (main) to oci://registry.example.com/fleets/example (latest): the old one is read by 100,000 clusters until each is bootstrapped again',
      ],
    },
    {
      title: 'from Flux to Argo CD',
      subject: exampleChange({ after: { delivery: { kind: 'argocd' } } }),
      expect: [
        'the delivery changes from flux to argocd: 100,000 clusters follow flux until each is bootstrapped again',
      ],
    },
    {
      title: 'a longer interval',
      subject: exampleChange({ after: { delivery: { interval: '20m' } } }),
      expect: [
        'the interval changes from 10m to 20m: the source is asked every 10m by 100,000 clusters until each is bootstrapped again',
      ],
    },
    {
      title: 'a limit that was found out: clusters need not know it',
      subject: exampleChange({ after: { delivery: { source: { limit: { requestsPerSecond: 200 } } } } }),
      expect: [],
    },
  ],
});

/** What a cluster is told of a source. */
function describe(source: Source): string {
  const ref = source.kind === 'git' ? source.branch : (source.tag ?? 'latest');
  return `${source.url} (${ref}${source.secretRef === undefined ? '' : `, secret ${source.secretRef}`})`;
}
