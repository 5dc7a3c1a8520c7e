// The app of cdk8s.yaml: what `cdk8s synth` runs, after a build. One chart for each class of each fleet, as cdk8s
// users expect them; what `breakwater synth` writes besides (frames, indexes, pointers) is not there.

import { resolve } from 'node:path';
import { ApiObject, App, Chart } from 'cdk8s';
import { loadFleets } from '../fleet/load.ts';
import { synthFleet } from '../synth/index.ts';

const app = new App();
for (const { spec } of await loadFleets([], { cwd: resolve('.') })) {
  for (const [className, { objects }] of Object.entries(synthFleet(spec))) {
    const chart = new Chart(app, `${spec.name}-${className}`);
    for (const { object, file } of objects) {
      if (!file.startsWith('frame/')) new ApiObject(chart, file.replaceAll('/', '-'), object);
    }
  }
}
app.synth();
