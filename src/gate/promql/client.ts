/** One element of an answer: its labels, and its value at one time or at several. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** In milliseconds since the epoch, in order. */
  readonly times: readonly number[];
}

/** What answers PromQL. Each call throws where the answer is not whole. */
export interface PrometheusClient {
  /** Its own clock, in milliseconds since the epoch. */
  now(): Promise<number>;
  query(expression: string, atMs: number): Promise<readonly Sample[]>;
  /** At which of the times the expression has an element, for each set of labels. */
  queryRange(
    expression: string,
    range: { readonly startMs: number; readonly endMs: number; readonly stepMs: number },
  ): Promise<readonly Series[]>;
}
