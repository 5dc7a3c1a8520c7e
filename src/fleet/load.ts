// Reads fleet definitions from disk.

import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { shortPath } from './import-errors.ts';
import { importModule } from './import-module.ts';
import { loadImageLock } from './load-image-lock.ts';
import type { LoadedFleet } from './loaded-fleet.ts';
import { builtImages, definitionDigest, isBuilt, resolveModels, type WrittenFleet } from './model-lock.ts';
import { nearest } from './nearest.ts';
import { parseFleet } from './parse.ts';
import { readJson, unreadable } from './read-json.ts';
import type { BuiltModelSpec } from './spec.ts';

export interface LoadOptions {
  /** Working folder: definitions are in its `fleets/`, translations in its `.breakwater/`. */
  readonly cwd: string;
  /** How long one definition may take. Default: 10,000. */
  readonly timeoutMs?: number;
}

const FOLDER = 'fleets';
const DEFINITION = /\.(ts|js|mjs|json)$/;
const OTHER = /\.(d\.ts|lock\.json|rollout\.json)$/;

/**
 * Load fleet definitions and check that they match the schema.
 *
 * @param names fleets or definition files; none means every definition directly in `fleets/`
 * @returns in the order of `names`, or of file names
 * @throws UserError `FLEET_NONE`, `FLEET_UNKNOWN`, `FLEET_DUPLICATE`, `FLEET_LOAD`, `FLEET_TIMEOUT`, `FLEET_SCHEMA`
 */
export async function loadFleets(
  names: readonly string[],
  options: LoadOptions,
): Promise<readonly LoadedFleet[]> {
  const fleets: LoadedFleet[] = [];
  const add = (fleet: LoadedFleet): void => {
    if (!fleets.some(({ file }) => file === fleet.file)) fleets.push(fleet);
  };
  const all = names.length === 0 ? definitions(options.cwd) : [];
  for (const path of all) add(await loadFleet(path, options));
  for (const name of names) {
    const path = pathOf(name, options.cwd);
    add(path === undefined ? await findByName(name, options) : await loadFleet(path, options));
  }
  refuseDuplicates(fleets);
  return fleets;
}

/**
 * The definition in `fleets/` that a name, or the path of its file, means by what the file is called.
 * @returns its absolute path; `undefined` for all else, also for a name that a definition gives itself
 */
export function definitionOf(name: string, cwd: string): string | undefined {
  const path = /[\\/.]/.test(name) ? resolve(cwd, name) : undefined;
  if (path === undefined) return calledAs(name, cwd);
  return dirname(path) === resolve(cwd, FOLDER) && isDefinitionName(basename(path)) ? path : undefined;
}

const isDefinitionName = (name: string): boolean => DEFINITION.test(name) && !OTHER.test(name);

/** Absolute paths, in byte order of names. */
function definitions(cwd: string): string[] {
  const folder = join(cwd, FOLDER);
  const files = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  const found = files.filter((file) => !file.isDirectory() && isDefinitionName(file.name));
  if (found.length === 0) {
    throw new UserError(
      'FLEET_NONE',
      `no fleet definitions in ${join(cwd, FOLDER)}`,
      `write ${FOLDER}/NAME.ts, or run breakwater init`,
    );
  }
  return found.map(({ name }) => join(folder, name)).toSorted();
}

/** The file that a name or path means; `undefined` where it may be a name that a definition gives itself. */
function pathOf(name: string, cwd: string): string | undefined {
  if (/[\\/]/.test(name) || DEFINITION.test(name)) {
    const path = resolve(cwd, name);
    if (existsSync(path) && statSync(path).isFile()) return path;
    throw new UserError(
      'FLEET_UNKNOWN',
      `there is no file ${name}`,
      'correct the path, or give a fleet by its name',
    );
  }
  return calledAs(name, cwd);
}

const calledAs = (name: string, cwd: string): string | undefined =>
  ['ts', 'js', 'mjs', 'json']
    .map((extension) => join(cwd, FOLDER, `${name}.${extension}`))
    .find((path) => existsSync(path));

/** Definitions are usually called like their fleet; one that is not is found by loading them all. */
async function findByName(name: string, options: LoadOptions): Promise<LoadedFleet> {
  const known: string[] = [];
  for (const path of definitions(options.cwd)) {
    const fleet = await loadFleet(path, options);
    if (fleet.spec.name === name) return fleet;
    known.push(fleet.spec.name);
  }
  const near = nearest(name, known);
  throw new UserError(
    'FLEET_UNKNOWN',
    `there is no fleet ${JSON.stringify(name)}`,
    near === undefined ? `the fleets are ${known.join(', ')}` : `did you mean ${near}?`,
  );
}

async function loadFleet(path: string, options: LoadOptions): Promise<LoadedFleet> {
  const { written, file, folder } = await readDefinition(path, options);
  const { spec, built } = resolveModels(written, folder, options.cwd);
  const images = loadImageLock(folder, options.cwd);
  return {
    spec,
    built,
    file,
    folder,
    images: built.length === 0 ? images : { ...images, ...builtImages(built) },
  };
}

interface ReadDefinition {
  readonly written: WrittenFleet;
  readonly file: string;
  readonly folder: string;
}

async function readDefinition(
  path: string,
  { cwd, timeoutMs = 10_000 }: LoadOptions,
): Promise<ReadDefinition> {
  const file = shortPath(path, cwd);
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    throw unreadable(error, file);
  }
  const value = path.endsWith('.json')
    ? readJson(path, file, 'FLEET_LOAD')
    : await importModule(path, file, { cwd, timeoutMs });
  return { written: await parseFleet(value, file), file, folder: dirname(path) };
}

/** A model that is to be built, and the folder that its paths are taken from. */
export interface ModelToBuild {
  readonly spec: BuiltModelSpec;
  /** Absolute. */
  readonly folder: string;
  /** Of the classes of all fleets that define it. */
  readonly architectures: ReadonlySet<string>;
}

/**
 * The models of all fleets that are built, each once, whether or not they were ever built.
 * @throws UserError as {@link loadFleets}; `FLEET_SCHEMA` where two fleets define one model differently
 */
export async function loadModels(options: LoadOptions): Promise<readonly ModelToBuild[]> {
  const models = new Map<string, ModelToBuild & { readonly file: string }>();
  for (const path of definitions(options.cwd)) {
    const { written, file, folder } = await readDefinition(path, options);
    for (const spec of Object.values(written.models ?? {}).filter(isBuilt)) {
      const known = models.get(spec.name);
      if (known !== undefined && definitionDigest(known.spec) !== definitionDigest(spec)) {
        throw new UserError(
          'FLEET_SCHEMA',
          `${known.file} and ${file} define the model ${spec.name} differently`,
          'define it once, in a file of its own, and import it in both',
        );
      }
      const classes = Object.values(written.classes).map(({ arch }) => arch);
      const architectures = new Set([...(known?.architectures ?? []), ...classes]);
      models.set(spec.name, { spec, folder, file, architectures });
    }
  }
  return [...models.values()];
}

function refuseDuplicates(fleets: readonly LoadedFleet[]): void {
  const files = new Map<string, string>();
  for (const { spec, file } of fleets) {
    const first = files.get(spec.name);
    if (first !== undefined) {
      throw new UserError(
        'FLEET_DUPLICATE',
        `${first} and ${file} are both called ${JSON.stringify(spec.name)}`,
        'give one of them another name: a fleet owns the folder of its name in generated/',
      );
    }
    files.set(spec.name, file);
  }
}
