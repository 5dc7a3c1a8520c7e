import { UserError } from '../errors.ts';
import type { ModelToBuild } from '../fleet/load.ts';
import type { Io } from './io.ts';

/**
 * The models of all fleets that are built here, or those of them that are named.
 * @throws UserError `FLAG` for a name that no fleet builds; what loading fleets throws
 */
export async function chooseModels(
  names: readonly string[],
  io: Io,
  verb: string,
): Promise<readonly ModelToBuild[]> {
  const { loadModels } = await import('../fleet/load.ts');
  const models = await loadModels({ cwd: io.cwd });
  const known = models.map(({ spec }) => spec.name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UserError(
      'FLAG',
      `no fleet builds a model ${JSON.stringify(unknown)}`,
      known.length === 0 ? 'define one with a source' : `the models are ${known.join(', ')}`,
    );
  }
  if (models.length === 0)
    io.stderr(`no fleet defines a model by its trained network: there is nothing to ${verb}\n`);
  return models.filter(({ spec }) => names.length === 0 || names.includes(spec.name));
}
