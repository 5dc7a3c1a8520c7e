import { expect, test } from 'vitest';
import { serverArguments } from '../../src/dev/server-image/server-arguments.ts';

const nothing = (): string => '';

test('the image listens for the whole pod, unless it is told where', () => {
  expect(serverArguments(['/models/digits', '--port=80'], {}, nothing)).toEqual([
    '--host=0.0.0.0',
    '/models/digits',
    '--port=80',
  ]);
});

test('a pod made for TensorFlow Serving runs with its own arguments', () => {
  const config = 'prometheus_config {\n  enable: true\n  path: "/metrics/here"\n}\n';
  expect(
    serverArguments(
      [
        '--prefer_tflite_model',
        '--num_tflite_pools=1',
        '--num_tflite_interpreters_per_pool=1',
        '--file_system_poll_wait_seconds=0',
        '--rest_api_port=8502',
        '--monitoring_config_file=/etc/monitoring.config',
        '--what_is_this=1',
      ],
      { MODEL_NAME: 'digits', MODEL_BASE_PATH: '/models' },
      (path) => (path === '/etc/monitoring.config' ? config : ''),
    ),
  ).toEqual([
    '--host=0.0.0.0',
    '/models/digits',
    '--port=8502',
    '--metrics=/metrics/here',
    '--what_is_this=1',
  ]);
});
