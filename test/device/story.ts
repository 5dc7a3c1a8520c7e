// A demonstration: `npm run story` takes hello-edge from a trained network to three devices, lets a bad release out and
// takes it back. With `--readme`, what it prints is put into README.md, with the times of that run.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildAll, goVersion } from '../harness/build.ts';
import { readiness, untilReady } from '../harness/flux.ts';
import { createRunFolder, removeLeftovers, removeRunFolder } from '../harness/run-folder.ts';
import { until } from '../harness/until.ts';
import { FLEET, runModel, startFleetOnDevices, type FleetOnDevices } from './harness/fleet-on-devices.ts';
import { whyNot } from './harness/machine.ts';
import { containerOf, podsIn, versionOf } from './harness/pods.ts';
import { samplesFor } from './harness/predictions.ts';
import { watchDevices } from './harness/watch.ts';
import { DEVICE_PROGRAMS } from './programs.ts';
import { readDigit } from './story/digit.ts';

const DEVICES = ['device-1', 'device-2', 'device-3'];

const began = Date.now();
let printed = '';

/** A line with the seconds since the beginning. */
function tell(line: string): void {
  const seconds = ((Date.now() - began) / 1000).toFixed(0);
  show(`${seconds.padStart(4)} s  ${line}`);
}

function show(line: string): void {
  printed += `${line.trimEnd()}\n`;
  process.stdout.write(`${line.trimEnd()}\n`);
}

const more = (line: string): void => show(`        ${line}`);
const since = (ms: number): string => `${((Date.now() - ms) / 1000).toFixed(1)} s`;

/** What Breakwater printed, as far as it fits in here. */
const quote = (text: string, lines: number): void =>
  text
    .trim()
    .split('\n')
    .slice(0, lines)
    .forEach((line) => more(`| ${line}`));

async function tellAll(folder: string): Promise<void> {
  tell('starting a control plane, Flux, a registry and three devices of 4 processors and 8 GiB each');
  const fleet = await startFleetOnDevices(folder, DEVICES);
  const { world, story, models } = fleet;
  const [{ lock, file, image }] = models;
  const [sample] = await samplesFor(file, 1);
  const watch = watchDevices(world, fleet.devices, FLEET, [sample!]);
  const serving = (): readonly string[] => DEVICES.filter((name) => watch.now(name).model === 0);
  try {
    tell(`breakwater build digits: ${lock.file.bytes.toLocaleString('en')} bytes, int8`);
    for (const { gate, verdict, message } of lock.gates)
      if (['memory', 'accuracy'].includes(gate)) more(`${verdict}  ${gate}: ${message}`);
    tell('breakwater push digits');
    more(image);

    await story.edit(runModel(image));
    const cluster = story.clusterName('canary');
    tell(
      `breakwater synth ${FLEET}; breakwater bootstrap ${FLEET} --cluster ${cluster} | kubectl apply -f -`,
    );
    await story.bootstrap(world, cluster);
    let from = Date.now();
    await untilReady(world, FLEET, await story.push(world));
    await until('all devices to serve', () => serving().length === DEVICES.length);
    const [good] = (await podsIn(world.plane, FLEET)).map(versionOf);
    tell(
      `Flux calls the release Ready and every device serves, ${since(from)} after the push (version ${good})`,
    );

    await predictDigit(fleet);

    tell('a bad release: somebody commits a model whose file is damaged');
    await story.edit(runModel(fleet.broken));
    quote(await story.repository.run('status', FLEET), 8);
    from = Date.now();
    await story.push(world);
    const said = await until('Flux to say so', async () => {
      const ready = await readiness(world, `${FLEET}-release`);
      return ready?.status === 'False' && ready;
    });
    tell(`caught: Flux says ${said.reason} ${since(from)} after the push, and no later wave may follow`);
    more(await serverSaid(fleet));
    more(`${serving().join(', ')} still serves: of three devices two may be unavailable`);

    from = Date.now();
    await story.repository.run('rollback', FLEET, '--reason', 'the model does not load');
    tell(`breakwater rollback ${FLEET} --reason 'the model does not load'`);
    const revision = await story.push(world);
    await until('all devices to serve', () => serving().length === DEVICES.length);
    tell(`every device serves again, ${since(from)} after the order`);
    await untilReady(world, FLEET, revision);
    const back = new Set((await podsIn(world.plane, FLEET)).map(versionOf));
    tell(`Flux calls the release Ready: version ${[...back].join(', ')} on all devices, as before`);
  } finally {
    await watch.stop();
    await fleet.stop();
  }
}

/** Ask a device about a handwritten digit. */
async function predictDigit({ world, devices }: FleetOnDevices): Promise<void> {
  const digit = readDigit(7);
  const [device] = devices;
  const pod = (await podsIn(world.plane, FLEET)).find(({ spec }) => spec.nodeName === device!.name)!;
  const url = `http://${pod.status!.podIP}:8501/v1/models/digits:predict`;
  const from = Date.now();
  const { text } = await device!.node.fetch(url, digit.body);
  const [scores] = (JSON.parse(text) as { predictions: number[][] }).predictions;
  const guess = scores!.indexOf(Math.max(...scores!));
  tell(`${device!.name} is shown a handwritten ${digit.label}:`);
  for (const line of digit.lines) more(`  ${line}`);
  more(`it answers ${guess}, at ${(100 * scores![guess]!).toFixed(1)} %, after ${Date.now() - from} ms`);
}

/** Why the container of a bad pod ended, in its own words. */
async function serverSaid({ world, devices }: FleetOnDevices): Promise<string> {
  const bad = (await podsIn(world.plane, FLEET)).find((pod) => containerOf(pod, 'server')?.ready === false)!;
  const { node } = devices.find(({ name }) => name === bad.spec.nodeName)!;
  const logs = join(node.folder, 'disk/log/pods');
  const path = readdirSync(logs, { recursive: true, encoding: 'utf8' }).find(
    (path) => path.includes(bad.metadata.uid) && /\/server\/\d+\.log$/.test(path),
  );
  const [line = ''] = readFileSync(join(logs, path!), 'utf8').split('\n');
  return `${bad.spec.nodeName}: ${line.split(' ').slice(3).join(' ')}`;
}

const reason = goVersion() === undefined ? 'no Go on this machine (https://go.dev/dl)' : whyNot();
if (reason !== undefined) {
  process.stderr.write(`the story needs root on Linux, Go and a few packages: ${reason}\n`);
  process.exit(2);
}
removeLeftovers();
await buildAll(DEVICE_PROGRAMS, (line) => void process.stderr.write(`${line}\n`));
const folder = createRunFolder();
process.once('exit', () => removeRunFolder(folder));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
await tellAll(folder);
if (process.argv.includes('--readme')) {
  const page = readFileSync('README.md', 'utf8');
  const block = `<!-- story -->\n\n\`\`\`text\n${printed}\`\`\`\n\n<!-- /story -->`;
  writeFileSync(
    'README.md',
    page.replace(/<!-- story -->[^]*<!-- \/story -->/, () => block),
  );
}
process.exit(0);
