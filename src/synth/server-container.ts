import { BREAKWATER_SERVER_DEFAULTS } from '../fleet/server-memory.ts';
import type { BreakwaterServerSpec, ServerSpec } from '../fleet/spec.ts';
import type { Container, EnvVar } from './pod.ts';

/** Where every server finds its model: `<MODELS>/<model>/<version>/…`. */
export const MODELS = '/models';

/** Folder of the server's own configuration. */
export const SERVER_CONFIG = '/etc/breakwater/server';
const MONITORING_FILE = 'monitoring.config';
const MONITORING_PATH = '/monitoring/prometheus/metrics';

/** What of a server its kind decides. */
export interface ServerPlan {
  readonly container: Pick<Container, 'image' | 'command' | 'args' | 'env' | 'ports'>;
  readonly http: number;
  readonly grpc: number | undefined;
  /** Path on the HTTP port that answers 200 once the model is loaded. */
  readonly ready: string;
  /** Path on the HTTP port that serves metrics. */
  readonly metrics: string;
  /** Files for {@link SERVER_CONFIG}. */
  readonly config: Readonly<Record<string, string>> | undefined;
}

const port = (name: string, containerPort: number) => ({ name, containerPort, protocol: 'TCP' }) as const;

/**
 * TensorFlow Serving's part. Its image's entry point adds our arguments to its own (ports, name, base path).
 *
 * One interpreter and one thread for each pool: its default of a pool per processor multiplies the model's memory by
 * the cores. The model cannot change under a running pod, so the folder is read once and never polled.
 *
 * @see https://github.com/tensorflow/serving/blob/master/tensorflow_serving/model_servers/main.cc
 */
function tensorflowServing(image: string, pools: number, model: string): ServerPlan {
  return {
    container: {
      image,
      args: [
        '--prefer_tflite_model',
        `--num_tflite_pools=${pools}`,
        '--num_tflite_interpreters_per_pool=1',
        '--file_system_poll_wait_seconds=0',
        `--monitoring_config_file=${SERVER_CONFIG}/${MONITORING_FILE}`,
      ],
      env: [
        { name: 'MODEL_NAME', value: model },
        { name: 'MODEL_BASE_PATH', value: MODELS },
      ],
      ports: [port('http', 8501), port('grpc', 8500)],
    },
    http: 8501,
    grpc: 8500,
    // The gRPC port opens before the model is loaded; this path answers 200 only afterwards.
    ready: `/v1/models/${model}`,
    metrics: MONITORING_PATH,
    config: {
      [MONITORING_FILE]: `prometheus_config {\n  enable: true\n  path: "${MONITORING_PATH}"\n}\n`,
    },
  };
}

/** Our own server's part: it listens once the model is loaded, and ends by itself within the pod's grace time. */
const breakwater = ({ image, maxBody, maxRequests }: BreakwaterServerSpec, model: string): ServerPlan => ({
  container: {
    image,
    args: [
      `${MODELS}/${model}`,
      `--max-body=${maxBody ?? BREAKWATER_SERVER_DEFAULTS.maxBody}`,
      `--max-requests=${maxRequests ?? BREAKWATER_SERVER_DEFAULTS.maxRequests}`,
    ],
    ports: [port('http', 8501)],
  },
  http: 8501,
  grpc: undefined,
  ready: `/v1/models/${model}`,
  metrics: MONITORING_PATH,
  config: undefined,
});

/**
 * What a server's kind decides.
 * @param model name of the model below {@link MODELS}
 */
export function planServer(server: ServerSpec, model: string): ServerPlan {
  if (server.kind === 'tensorflow-serving') return tensorflowServing(server.image, server.pools ?? 1, model);
  if (server.kind === 'breakwater') return breakwater(server, model);
  const { http, grpc } = server.ports;
  const env: readonly EnvVar[] = Object.entries(server.env ?? {})
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ name, value }));
  return {
    container: {
      image: server.image,
      ...(server.command === undefined ? {} : { command: server.command }),
      ...(server.args === undefined ? {} : { args: server.args }),
      ...(env.length > 0 ? { env } : {}),
      ports: [port('http', http), ...(grpc === undefined ? [] : [port('grpc', grpc)])],
    },
    http,
    grpc,
    ready: server.ready,
    metrics: server.metrics ?? '/metrics',
    config: undefined,
  };
}
