import { UserError } from '../../errors.ts';
import { parseBytes, parseDuration } from '../../fleet/units.ts';
import type { ExitStatus } from '../io.ts';
import { defineVerb } from '../verb.ts';

interface Options {
  readonly name?: string;
  readonly host: string;
  readonly port: string;
  readonly metrics: string;
  readonly maxBody: string;
  readonly maxRequests: string;
  readonly timeout: string;
  readonly grace: string;
}

/** Serve a model over HTTP until the process is told to stop. */
export const serve = defineVerb<[model: string], Options>({
  name: 'serve',
  summary: "serve a model over HTTP, with TensorFlow Serving's REST interface",
  description:
    "Serve a model with TensorFlow Serving's REST interface: status, metadata, and predictions of rows (instances) or " +
    'columns (inputs). It listens once the model is loaded, so that whoever can connect gets answers, and runs one ' +
    'request after the other. On SIGTERM or SIGINT it answers what has arrived, and ends with status 0.',
  examples: ['model serve model.tflite', 'model serve /models/digits --host 0.0.0.0 --port 8501 --grace 8s'],
  declare: (command) =>
    command
      .argument(
        '<model>',
        'a .tflite, or a folder <name>/<version>/model.tflite: the highest version is served',
      )
      .option('--name <name>', 'name of the model in paths and metrics; default: that of its folder or file')
      .option('--host <address>', 'address to listen on', '127.0.0.1')
      .option('--port <number>', 'port to listen on; 0 takes a free one', '8501')
      .option(
        '--metrics <path>',
        "path of the metrics in Prometheus' text format",
        '/monitoring/prometheus/metrics',
      )
      .option('--max-body <bytes>', 'largest body of a request; a larger one gets 413', '4Mi')
      .option('--max-requests <number>', 'most requests that wait or run; one more gets 503', '32')
      .option('--timeout <duration>', 'longest time until an answer', '30s')
      .option('--grace <duration>', 'longest time from SIGTERM to the end', '8s'),
  async run([path], options, io): Promise<ExitStatus> {
    const port = wholeNumber('--port', options.port, 0, 65_535);
    const requests = wholeNumber('--max-requests', options.maxRequests, 1, 10_000);
    if (!options.metrics.startsWith('/'))
      throw new UserError('FLAG', `--metrics ${options.metrics} is no path`, 'begin it with /');
    const answerMs = parseDuration(options.timeout);
    const graceMs = parseDuration(options.grace);
    const stopped = io.untilStopped?.() ?? new Promise<never>(() => {});
    const { findModel } = await import('../../model/serve/find-model.ts');
    const { serveModel } = await import('../../model/serve/served-model.ts');
    const { startServer } = await import('../../model/serve/server.ts');
    const found = findModel(io.cwd, path);
    const model = await serveModel(options.name === undefined ? found : { ...found, name: options.name });
    const server = await startServer({
      model,
      host: options.host,
      port,
      metrics: options.metrics,
      limits: { bodyBytes: parseBytes(options.maxBody), requests, answerMs },
      onFailure: (error) => io.stderr(`error: ${error instanceof Error ? error.stack : String(error)}\n`),
    });
    io.stderr(`serving ${model.name} version ${model.version} at ${server.url}/v1/models/${model.name}\n`);
    const failure = await Promise.race([stopped.then(() => undefined), server.broken]);
    await server.stop(graceMs);
    model.dispose();
    if (failure !== undefined) throw failure;
    return 0;
  },
});

function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new UserError('FLAG', `${flag} ${text} is no whole number from ${least} to ${most}`, 'see --help');
}
