import { EventEmitter, once } from 'node:events';
import { createServer, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UserError } from '../../errors.ts';
import { errorBody } from './answers.ts';
import { createHandler, type Limits } from './handler.ts';
import type { ServedModel } from './served-model.ts';

export interface ServerOptions {
  readonly model: ServedModel;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Path that answers with metrics. */
  readonly metrics: string;
  readonly limits: Limits;
  /** Is told what was answered with 500: a bug of ours or of the runtime. */
  readonly onFailure: (error: unknown) => void;
}

export interface ModelServer {
  /** `http://host:port`. */
  readonly url: string;
  /** Resolves when the runtime has broken down, so that only a new process can serve; with what it said. */
  readonly broken: Promise<unknown>;
  /**
   * Take no more connections, answer what has arrived, and close.
   * @param graceMs after which what is still open is cut off
   */
  stop(graceMs: number): Promise<void>;
}

/** Connections at once: clients of one device, its probes and its telemetry agent. */
const CONNECTIONS = 128;

/**
 * Serve a loaded model over HTTP. Listens only now, so that whoever can connect gets answers.
 * @throws UserError `LISTEN`
 */
export async function startServer(options: ServerOptions): Promise<ModelServer> {
  const { model, host, port, limits } = options;
  const failures = new EventEmitter();
  const isStopping = (): boolean => !server.listening;
  const handler = createHandler(model, options.metrics, limits, isStopping, (error) => {
    options.onFailure(error);
    if (isBroken(error)) failures.emit('broken', error);
  });
  const server = createServer(
    // A client that sends a byte now and then holds a connection no longer than an answer may take.
    {
      headersTimeout: Math.min(10_000, limits.answerMs),
      requestTimeout: limits.answerMs,
      keepAliveTimeout: 60_000,
    },
    (request, response) => void handler.answer(request, response),
  );
  server.maxConnections = CONNECTIONS;
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (socket.destroyed || !socket.writable) return;
    const status =
      error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
    const body = errorBody(`Malformed request: ${STATUS_CODES[status]!}`);
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]!}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  });
  await listen(server, host, port);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    broken: once(failures, 'broken').then(([error]: unknown[]) => error),
    stop: (graceMs) => stop(server, graceMs),
  };
}

/** Whether WebAssembly has trapped: its memory can be in any state. */
const isBroken = (error: unknown): boolean => error instanceof Error && error.name === 'RuntimeError';

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new UserError(
          'LISTEN',
          `${host}:${port} cannot be listened on: ${cause.code ?? cause.message}`,
          'choose another --port, or end what listens there',
          { cause },
        ),
      ),
    );
    server.listen(port, host, resolve);
  });

async function stop(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(cut);
}
