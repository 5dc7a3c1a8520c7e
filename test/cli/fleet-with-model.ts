import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digitsFile } from '../model/digits.ts';
import { project } from '../project.ts';
import type { Ran } from './run.ts';

const model = (more: string, repository: string): string => `
  { name: 'digits', repository: '${repository}', source: 'model.h5', recipe: 'int8',
    calibration: 'calibration.npz', evaluation: 'test.npz', ${more} }`;

/** A project whose only fleet defines one model by its trained network. */
export function fleetWith(more = '', repository = 'registry.example.com/models/digits'): string {
  const folder = project({
    'package.json': '{ "type": "module" }',
    'fleets/shop.ts': readFileSync(digitsFile('../../hello-edge.ts'), 'utf8')
      .replace(/import \{ digits \}.*\n/, `const digits = ${model(more, repository)};\n`)
      .replaceAll("name: 'hello-edge'", "name: 'shop'"),
  });
  mkdirSync(join(folder, 'fleets/models'), { recursive: true });
  for (const file of ['model.h5', 'calibration.npz', 'test.npz'])
    copyFileSync(digitsFile(file), join(folder, 'fleets', file));
  return folder;
}

/** What a run printed, without the lines on what it measured of this machine. */
export const unmeasured = ({ stdout, ...ran }: Ran): Ran => ({
  ...ran,
  stdout: stdout.replaceAll(/^ *(?:\w+ +|fix )latency: .*\n/gm, ''),
});
