// One question over HTTP, one answer.

/** What is sent. */
export interface Question {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** That was answered, after redirects. */
  readonly url: URL;
}

/** Why there is no answer. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly why: 'unreachable' | 'broken' | 'late' | 'long';
  /** What the system calls it, such as `ECONNREFUSED`, or `bad port` for one that `fetch` never asks. */
  readonly code: string;

  constructor(why: NoAnswer['why'], code: string, options?: ErrorOptions) {
    super(`${why} (${code})`, options);
    this.why = why;
    this.code = code;
  }
}

/** Manifests have at most 4 MiB by the distribution specification; no other answer that is read is larger. */
const LONGEST_BYTES = 4 * 2 ** 20;

/** A connection that was there and ended. Whatever else fails, such as a name or a certificate, fails each time. */
const BROKEN = /^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET|UND_ERR_ABORTED|UND_ERR_RES_.*|HPE_.*)$/;

/**
 * Ask and read the whole answer. Redirects are not followed.
 * @throws NoAnswer
 */
export async function exchange(url: URL, question: Question, timeoutMs: number): Promise<Answer> {
  const { method, headers = {}, body } = question;
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, headers: response.headers, body: await wholeBody(response), url };
  } catch (error) {
    throw error instanceof NoAnswer ? error : noAnswer(error);
  }
}

async function wholeBody({ body }: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength;
    if (bytes > LONGEST_BYTES) throw new NoAnswer('long', `over ${LONGEST_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** `fetch` says only "fetch failed": what happened is in its cause. */
function noAnswer(error: unknown): NoAnswer {
  const { name, cause } = error as {
    readonly name?: string;
    readonly cause?: Partial<NodeJS.ErrnoException>;
  };
  if (name === 'TimeoutError') return new NoAnswer('late', name, { cause: error });
  const code = cause?.code ?? cause?.message ?? name ?? 'no reason given';
  const broken = BROKEN.test(code) || (error as Error).message === 'terminated';
  return new NoAnswer(broken ? 'broken' : 'unreachable', code, { cause: error });
}
