import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';

/** Bodies that are in memory or on their way there, of all requests together. */
export class Bodies {
  readonly #mostBytes: number;
  readonly #mostBytesTogether: number;
  #bytes = 0;

  /** @param mostBytes of one body; of all together three such are held: one is worked on, one waits, one arrives */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
    this.#mostBytesTogether = 3 * mostBytes;
  }

  /**
   * Read a request's body, and work on it.
   * @throws Refusal 413 as soon as it is known to be too large, `UNAVAILABLE` where bodies together are
   */
  async with<T>(request: IncomingMessage, work: (body: Uint8Array) => Promise<T>): Promise<T> {
    let held = 0;
    const hold = (bytes: number): void => {
      if (bytes > this.#mostBytes)
        throw new Refusal(
          'RESOURCE_EXHAUSTED',
          `the request has ${bytes} bytes or more, of at most ${this.#mostBytes}`,
          413,
        );
      if (this.#bytes + bytes - held > this.#mostBytesTogether)
        throw new Refusal(
          'UNAVAILABLE',
          'requests that wait fill the memory set aside for them: try again later',
        );
      this.#bytes += bytes - held;
      held = bytes;
    };
    try {
      const declared = Number(request.headers['content-length'] ?? 0);
      hold(declared);
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      for await (const chunk of request.iterator({ destroyOnReturn: false })) {
        const part = chunk as Uint8Array;
        bytes += part.byteLength;
        if (bytes > declared) hold(bytes);
        chunks.push(part);
      }
      return await work(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    } finally {
      this.#bytes -= held;
    }
  }
}
