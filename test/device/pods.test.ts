import { afterAll, beforeAll } from 'vitest';
import { describeDevice, runFolder } from './device-test.ts';
import { deploy, type Deployed } from './harness/deployed.ts';
import { testReady } from './pods/ready.ts';
import { testSecurity } from './pods/security.ts';
import { testStop } from './pods/stop.ts';
import { testTelemetry } from './pods/telemetry.ts';

describeDevice('pods as generated', () => {
  let deployed: Deployed;
  beforeAll(async () => {
    const started = Date.now();
    deployed = await deploy(runFolder);
    console.log(`four devices, every release applied: ${Date.now() - started} ms`);
  });
  afterAll(() => deployed?.stop());

  const get = (): Deployed => deployed;
  testReady(get);
  testSecurity(get);
  testTelemetry(get);
  testStop(get);
});
