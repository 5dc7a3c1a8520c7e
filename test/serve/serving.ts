import { main } from '../../src/cli/main.ts';
import { onTestFinished } from 'vitest';

export interface Serving {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly stderr: () => string;
  /** Tell it to stop; resolves with its exit status. */
  readonly stop: () => Promise<number>;
  readonly get: (path: string) => Promise<Answer>;
  readonly post: (path: string, body: string | Uint8Array | object) => Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Run `breakwater model serve` in this process on a free port, until the test ends. */
export async function serving(...argv: readonly string[]): Promise<Serving> {
  let stderr = '';
  let tell: () => void = () => {};
  const stopped = new Promise<void>((resolve) => {
    tell = resolve;
  });
  let ready: (url: string) => void = () => {};
  const url = new Promise<string>((resolve) => {
    ready = resolve;
  });
  const status = main(['model', 'serve', ...argv, '--port', '0'], {
    cwd: '/',
    env: {},
    stdout: () => {},
    stderr(text) {
      stderr += text;
      const [, found] = / at (http:\/\/[^/]+)/.exec(stderr) ?? [];
      if (found !== undefined) ready(found);
    },
    terminal: { stdout: false, stderr: false, columns: 100 },
    now: () => Date.now(),
    untilStopped: () => stopped,
  });
  const stop = async (): Promise<number> => {
    tell();
    return status;
  };
  onTestFinished(async () => void (await stop()));
  const at = await Promise.race([
    url,
    status.then((code) => Promise.reject(new Error(`${code}: ${stderr}`))),
  ]);
  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(`${at}${path}`, init);
    return { status: response.status, text: await response.text() };
  };
  return {
    url: at,
    stderr: () => stderr,
    stop,
    get: (path) => ask(path, {}),
    post: (path, body) =>
      ask(path, {
        method: 'POST',
        body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
      }),
  };
}
