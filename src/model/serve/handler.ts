import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { errorBody, metadataOf, statusOf, targetOf } from './answers.ts';
import { ServerMetrics } from './metrics.ts';
import { readPredictRequest } from './predict-request.ts';
import { formatPredictResponse } from './predict-response.ts';
import { type Code, Refusal } from './refusal.ts';
import { Bodies } from './request-body.ts';
import type { ServedModel } from './served-model.ts';
import { Turns } from './turns.ts';
import { workingSet } from './working-set.ts';

export interface Limits {
  /** Most bytes of a request's body. */
  readonly bodyBytes: number;
  /** Most requests that wait or run. */
  readonly requests: number;
  /** Longest time from a request's arrival to its answer, in milliseconds. */
  readonly answerMs: number;
}

export interface Handler {
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: string | Uint8Array;
  readonly type?: string;
}

/**
 * What a server does with a request. Whatever it is, it is answered: a failure of ours with 500.
 * @param isStopping says whether connections should end with their answer
 * @param onFailure is told what is no refusal: a bug of ours or of the runtime
 */
export function createHandler(
  model: ServedModel,
  metricsPath: string,
  limits: Limits,
  isStopping: () => boolean,
  onFailure: (error: unknown) => void,
): Handler {
  const metrics = new ServerMetrics(model.name);
  const bodies = new Bodies(limits.bodyBytes);
  const turns = new Turns(limits.requests);

  async function predict(request: IncomingMessage, response: ServerResponse): Promise<Uint8Array> {
    const arrived = performance.now();
    const goOn = async (): Promise<void> => {
      // Lets others have their answers, probes above all, between two runs.
      await setImmediate();
      if (response.destroyed) throw new Refusal('CANCELLED', 'the client is gone');
      if (performance.now() - arrived > limits.answerMs)
        throw new Refusal('DEADLINE_EXCEEDED', `no answer within ${limits.answerMs} ms`);
    };
    let status: Code | 'OK' = 'INTERNAL';
    let began = arrived;
    try {
      const answer = await bodies.with(request, async (body) => {
        began = performance.now();
        return turns.take(async () => {
          await goOn();
          const asked = readPredictRequest(body, model.inputs, model.mostInstances);
          const start = performance.now();
          const outputs = await model.predict(asked, goOn);
          metrics.observeRuntime(1000 * (performance.now() - start));
          return formatPredictResponse(asked.format, outputs);
        });
      });
      status = 'OK';
      return answer;
    } catch (error) {
      if (error instanceof Refusal) status = error.code;
      throw error;
    } finally {
      metrics.countRequest(status, 1000 * (performance.now() - began));
    }
  }

  async function answerTo(request: IncomingMessage, response: ServerResponse): Promise<Answer> {
    const { method = '', url = '' } = request;
    const [path = ''] = url.split('?', 1);
    if (path === metricsPath && method === 'GET')
      return {
        status: 200,
        body: metrics.text(workingSet()),
        type: 'text/plain; version=0.0.4; charset=utf-8',
      };
    if (!/^\/v1\//i.test(path)) return { status: 404, body: '' };
    const target = targetOf(method, path, model);
    if (target === 'predict') return { status: 200, body: await predict(request, response) };
    return { status: 200, body: target === 'status' ? statusOf(model) : metadataOf(model) };
  }

  return {
    async answer(request, response) {
      let answer: Answer;
      try {
        answer = await answerTo(request, response);
      } catch (error) {
        answer = refuse(error);
        if (!(error instanceof Refusal) && !response.destroyed) onFailure(error);
      }
      if (isStopping() && !response.headersSent) response.setHeader('Connection', 'close');
      await send(request, response, answer);
    },
  };
}

function refuse(error: unknown): Answer {
  if (error instanceof Refusal) return { status: error.httpStatus, body: errorBody(error.message) };
  return { status: 500, body: errorBody('the model could not be run: see the log of the server') };
}

/** How long a client that still sends is listened to after its answer; it would not see the answer otherwise. */
const LISTEN_MS = 2000;

async function send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
  if (response.destroyed) return;
  const { status, body, type = 'application/json' } = answer;
  if (!request.complete) response.setHeader('Connection', 'close');
  if (status === 503) response.setHeader('Retry-After', '1');
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  response.write(body);
  if (!request.complete) {
    const given = AbortSignal.timeout(LISTEN_MS);
    await new Promise<void>((resolve) => {
      request.once('end', resolve).once('close', resolve).resume();
      given.addEventListener('abort', () => resolve());
    });
  }
  response.end();
}
