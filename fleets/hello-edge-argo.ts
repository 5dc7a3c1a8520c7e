// hello-edge delivered by Argo CD instead of Flux: the same definition but for name and delivery, to compare the two.

import { argocd, defineFleet, git } from 'breakwater';
import hello from './hello-edge.ts';

export default defineFleet({
  ...hello,
  name: 'hello-edge-argo',
  delivery: argocd({
    source: git({ url: 'https://git.example.com/fleets.git', branch: 'main' }),
    interval: '3m',
    steps: [{ percent: 1 }, { percent: 10, maxUpdate: '25%' }, { percent: 100, maxUpdate: 200 }],
  }),
  ignore: [
    {
      rule: 'argocd-hub-size',
      reason:
        'an example, to compare both deliveries of one fleet: so many clusters would pull for themselves',
    },
    {
      rule: 'argocd-steps-reachable',
      reason:
        'an example of steps: with so many clusters some are always off, and the waves are order enough',
    },
  ],
});
