const MONITORING = '--monitoring_config_file=';
const REST_PORT = '--rest_api_port=';

/** Flags of TensorFlow Serving about what this server does anyway, or does not have. */
const WITHOUT_MEANING =
  /^--(?:prefer_tflite_model|num_tflite_\w+|file_system_poll_wait_seconds|port|enable_\w+|tensorflow_\w+|rest_api_num_threads)(?:=|$)/;

/**
 * Arguments of `model serve` from those of a container.
 *
 * A pod made for TensorFlow Serving runs unchanged: where `MODEL_NAME` is set, that and `MODEL_BASE_PATH` say what to
 * serve, as in its image, and its flags are taken where they mean something here. What it does not know stays, for `model serve` to refuse.
 *
 * @param read a file of the container
 */
export function serverArguments(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  read: (path: string) => string,
): readonly string[] {
  const name = env['MODEL_NAME'];
  if (name === undefined) return ['--host=0.0.0.0', ...argv];
  const own = argv.flatMap((argument) => {
    if (argument.startsWith(MONITORING)) {
      const [, path] = /\bpath:\s*"([^"]+)"/.exec(read(argument.slice(MONITORING.length))) ?? [];
      return path === undefined ? [] : [`--metrics=${path}`];
    }
    if (argument.startsWith(REST_PORT)) return [`--port=${argument.slice(REST_PORT.length)}`];
    return WITHOUT_MEANING.test(argument) ? [] : [argument];
  });
  return ['--host=0.0.0.0', `${env['MODEL_BASE_PATH'] ?? '/models'}/${name}`, ...own];
}
