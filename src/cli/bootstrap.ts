import { defineVerb } from './verb.ts';
import type { ClusterQuestion } from './find-cluster.ts';

/** Print what a cluster is told once. */
export const bootstrap = defineVerb<[fleet: string], ClusterQuestion>({
  name: 'bootstrap',
  summary: 'print what is applied once to a cluster, so that it follows the fleet',
  description:
    'Print the objects that tell a cluster once who it is and where to look: applied once with kubectl, everything after that is Git. Flux or Argo CD is there already. What else is to be done is said on stderr.',
  examples: [
    'bootstrap city-cameras --cluster cam-00042 | kubectl apply -f -',
    'bootstrap hello-edge --cluster 0042 --class mini-pc --region north',
  ],
  declare: (command) =>
    command
      .argument('<fleet>', 'name of a fleet, or its file')
      .requiredOption('--cluster <id>', 'name of the cluster, as in the inventory')
      .option('--class <class>', 'its class, where the inventory has counts')
      .option('--region <region>', 'its region, where the inventory has counts'),
  async run([argument], question, io) {
    const { loadFleets } = await import('../fleet/load.ts');
    const { bootstrapAdvice, bootstrapObjects, toYaml } = await import('../synth/index.ts');
    const { findCluster } = await import('./find-cluster.ts');
    const [loaded] = await loadFleets([argument], { cwd: io.cwd });
    const identity = findCluster(loaded!, question);
    const objects = bootstrapObjects(loaded!.spec, identity);
    io.stdout(objects.map((object) => `---\n${toYaml(object)}`).join(''));
    const { cluster, class: className, region, slice } = identity;
    io.stderr(
      [
        `cluster ${cluster}: class ${className}, region ${region}, slice ${slice} of ${loaded!.spec.name}`,
        ...bootstrapAdvice(loaded!.spec, identity),
      ]
        .map((line) => `${line}\n`)
        .join(''),
    );
    return 0;
  },
});
