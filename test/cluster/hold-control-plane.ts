// A program for harness.test.ts to kill: starts a control plane, says where, and holds it.

import { createRunFolder } from '../harness/run-folder.ts';
import { startControlPlane } from '../harness/control-plane.ts';

const folder = createRunFolder();
const plane = await startControlPlane({ folder, name: 'held' });
console.log(JSON.stringify({ folder, url: plane.api.url, pids: [plane.etcd.pid, plane.server.pid] }));
setInterval(() => undefined, 60_000);
