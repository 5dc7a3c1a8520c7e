// Metrics in Prometheus' text format, under the names that TensorFlow Serving has them, so that one telemetry
// configuration and one gate suit both servers; and the container's memory, which TensorFlow Serving does not tell.
// Source: https://github.com/tensorflow/serving/blob/master/tensorflow_serving/servables/tensorflow/util.cc

import type { Code } from './refusal.ts';

/** Where TensorFlow Serving's configuration puts them by custom. */
export const METRICS_PATH = '/monitoring/prometheus/metrics';

/** Upper bounds in microseconds: from 10, each 1.8 times the one before, 33 of them, to 20 minutes. */
const BOUNDS = Array.from({ length: 33 }, (_, index) => 10 * 1.8 ** index);

/** Six digits, exponents of two digits, as C's %g. */
const label = (bound: number): string =>
  bound < 1e6
    ? String(Number(bound.toPrecision(6)))
    : bound
        .toExponential(5)
        .replace(/\.?0*e/, 'e')
        .replace(/e\+(\d)$/, 'e+0$1');

const LABELS = [...BOUNDS.map(label), '+Inf'];

class Histogram {
  readonly #counts = LABELS.map(() => 0);
  #sum = 0;

  observe(microseconds: number): void {
    const bucket = BOUNDS.findIndex((bound) => microseconds <= bound);
    this.#counts[bucket < 0 ? BOUNDS.length : bucket]! += 1;
    this.#sum += microseconds;
  }

  lines(name: string, labels: string): string[] {
    let total = 0;
    const buckets = this.#counts.map((count, index) => {
      total += count;
      return `${name}_bucket{${labels},le="${LABELS[index]!}"} ${total}`;
    });
    return [...buckets, `${name}_sum{${labels}} ${this.#sum}`, `${name}_count{${labels}} ${total}`];
  }
}

/** What is counted of one model. Other names that clients ask for are not: they would make series without end. */
export class ServerMetrics {
  readonly #model: string;
  /** From the start on, so that the first failure is an increase. */
  readonly #requests = new Map<Code | 'OK', number>([['OK', 0]]);
  readonly #request = new Histogram();
  readonly #runtime = new Histogram();

  constructor(model: string) {
    this.#model = model.replaceAll(/["\\]/g, String.raw`\$&`);
  }

  /** @param microseconds from the request's last byte until its answer was ready */
  countRequest(status: Code | 'OK', microseconds: number): void {
    this.#requests.set(status, (this.#requests.get(status) ?? 0) + 1);
    this.#request.observe(microseconds);
  }

  /** @param microseconds in the runtime alone, for all instances of a request */
  observeRuntime(microseconds: number): void {
    this.#runtime.observe(microseconds);
  }

  /** @param workingSet of the server's container, in bytes; `undefined` where it is not known */
  text(workingSet: number | undefined): string {
    const model = `model_name="${this.#model}"`;
    const counts = [...this.#requests].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return [
      '# HELP :tensorflow:serving:request_count The total number of requests.',
      '# TYPE :tensorflow:serving:request_count counter',
      ...counts.map(
        ([status, count]) => `:tensorflow:serving:request_count{${model},status="${status}"} ${count}`,
      ),
      '# HELP :tensorflow:serving:request_latency Wall time of a request, in microseconds.',
      '# TYPE :tensorflow:serving:request_latency histogram',
      ...this.#request.lines(
        ':tensorflow:serving:request_latency',
        `${model},API="predict",entrypoint="REST"`,
      ),
      '# HELP :tensorflow:serving:runtime_latency Wall time in the runtime, in microseconds.',
      '# TYPE :tensorflow:serving:runtime_latency histogram',
      ...this.#runtime.lines(
        ':tensorflow:serving:runtime_latency',
        `${model},API="Predict",runtime="TFLite"`,
      ),
      ...(workingSet === undefined ? [] : memoryLines(workingSet)),
      '',
    ].join('\n');
  }
}

/** Under the name that kubelet has it. */
const memoryLines = (bytes: number): string[] => [
  '# HELP container_memory_working_set_bytes Memory that the container holds and cannot drop, in bytes.',
  '# TYPE container_memory_working_set_bytes gauge',
  `container_memory_working_set_bytes ${bytes}`,
];
