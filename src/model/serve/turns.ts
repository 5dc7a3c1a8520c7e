import { Refusal } from './refusal.ts';

/** Whose turn it is: the runtime has one thread, so that requests run one after the other, in order. */
export class Turns {
  readonly #most: number;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param most requests that wait or run; one more is refused, since it would only wait longer than its client does */
  constructor(most: number) {
    this.#most = most;
  }

  /** Requests that wait or run. */
  get waiting(): number {
    return this.#waiting;
  }

  /** @throws Refusal `UNAVAILABLE` at once where too many wait */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= this.#most)
      throw new Refusal('UNAVAILABLE', `${this.#waiting} requests wait already: try again later`);
    this.#waiting += 1;
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }
}
