import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';

/**
 * A body in one piece. Where its length is declared, memory for it is taken once.
 * @param grow is told the bytes of a body that did not declare them, before they are kept
 */
async function read(
  request: IncomingMessage,
  declared: number,
  grow: (bytes: number) => void,
): Promise<Uint8Array> {
  let body = Buffer.allocUnsafeSlow(declared);
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const part = chunk as Uint8Array;
    const end = bytes + part.byteLength;
    if (end > body.length) {
      const larger = Math.max(end, 2 * body.length);
      grow(end);
      body = Buffer.concat([body.subarray(0, bytes)], larger);
    }
    body.set(part, bytes);
    bytes = end;
  }
  return body.subarray(0, bytes);
}

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
      return await work(await read(request, declared, hold));
    } finally {
      this.#bytes -= held;
    }
  }
}
