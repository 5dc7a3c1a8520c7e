import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { UserError } from '../../errors.ts';

/** The file's name where a folder is one version of a model, as TensorFlow Serving knows it. */
const FILE = 'model.tflite';
const VERSION = /^\d{1,18}$/;

/** What is to be served, and under which name. */
export interface FoundModel {
  readonly file: string;
  readonly name: string;
  readonly version: string;
}

/**
 * Find a model: a `.tflite`, a folder with `model.tflite`, or a folder of such folders named by number, of which the
 * highest is taken.
 *
 * @param cwd that the path is taken from
 * @throws UserError `FILE_READ`, `MODEL_UNSUPPORTED`
 */
export function findModel(cwd: string, path: string): FoundModel {
  const place = resolve(cwd, path);
  if (!existsSync(place)) throw nothing(`${path} is not there`);
  if (!statSync(place).isDirectory()) return ofFile(place, path);
  if (existsSync(join(place, FILE))) return inFolder(place);
  const versions = readdirSync(place)
    .filter((name) => VERSION.test(name) && existsSync(join(place, name, FILE)))
    .toSorted((a, b) => Number(b) - Number(a));
  const [highest] = versions;
  if (highest === undefined) throw nothing(`${path} holds neither ${FILE} nor a version such as 1/${FILE}`);
  return { file: join(place, highest, FILE), name: basename(place), version: highest };
}

function ofFile(place: string, path: string): FoundModel {
  if (extname(place).toLowerCase() !== '.tflite')
    throw new UserError(
      'MODEL_UNSUPPORTED',
      `${path} is no .tflite`,
      'convert it first: breakwater model convert FILE -o model.tflite',
    );
  if (basename(place) === FILE && VERSION.test(basename(dirname(place))))
    return { ...inFolder(dirname(place)), file: place };
  return { file: place, name: basename(place, extname(place)), version: '1' };
}

/** Where `<name>/<version>/model.tflite` is named by its folder. */
function inFolder(folder: string): FoundModel {
  const file = join(folder, FILE);
  const last = basename(folder);
  return VERSION.test(last)
    ? { file, name: basename(dirname(folder)), version: last }
    : { file, name: last, version: '1' };
}

const nothing = (what: string): UserError =>
  new UserError('FILE_READ', what, 'name a .tflite, or a folder <name>/<version>/model.tflite');
