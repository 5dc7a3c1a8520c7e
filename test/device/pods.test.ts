import { afterAll, beforeAll } from 'vitest';
import { describeDevice, runFolder } from './device-test.ts';
import { deploy, type Deployed } from './harness/deployed.ts';
import { testReady } from './pods/ready.ts';

describeDevice('pods as generated', () => {
  let deployed: Deployed;
  beforeAll(async () => {
    const started = Date.now();
    deployed = await deploy(runFolder);
    console.log(`four devices, every release applied: ${Date.now() - started} ms`);
  });
  afterAll(() => deployed?.stop());

  testReady(() => deployed);
});
