// A program for harness.test.ts to kill: starts a device, says how far it is, and holds it.

import { createRunFolder } from '../harness/run-folder.ts';
import { startWorld } from './harness/world.ts';

const folder = createRunFolder();
console.log(folder);
const world = await startWorld(folder, 'held');
console.log('world');
const device = await world.addDevice('held-1');
console.log('device');
await device.pull(world.tools);
await world.plane.api.apply({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'held', namespace: 'default' },
  spec: { nodeName: device.name, containers: [{ name: 'main', image: world.tools, args: ['pause'] }] },
});
setInterval(() => undefined, 60_000);
