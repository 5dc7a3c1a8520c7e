// Questions to a registry about one repository: who asks is told when it wants to know, and what may go well the next
// time is asked again.

import { setTimeout } from 'node:timers/promises';
import { dockerConfigPath, findLogin, type Environment, type Login } from './docker-config.ts';
import { exchange, NoAnswer, type Answer, type Question } from './exchange.ts';
import * as failures from './failures.ts';
import { isLoopback, parseRepository, type Repository } from './repository.ts';
import { basic, parseChallenge, parseToken, tokenRequest } from './token.ts';

export interface SessionOptions {
  /** Where the configuration of Docker is found, and what its helpers run with. */
  readonly env: Environment;
  /** What the token is for. */
  readonly actions: 'pull' | 'pull,push';
  /** How long one answer may take. Default: 30,000, and 600,000 for what is sent with a body. */
  readonly timeoutMs?: number;
  /** Before the first repetition; each one after that waits twice as long. Default: 500. */
  readonly pauseMs?: number;
}

/** What is asked of a registry. */
export interface Request extends Question {
  /** Relative to the registry, or as it named it itself. */
  readonly url: string | URL;
  /** A noun for messages: `the upload of sha256:…`. */
  readonly what: string;
  /** Statuses that are an answer; every other one is a failure. */
  readonly answers: readonly number[];
}

export interface Session {
  readonly repository: Repository;
  /** Ask once. @throws UserError `REGISTRY` @throws Interrupted */
  askOnce(request: Request): Promise<Answer>;
  /** Ask, and again when interrupted. @throws UserError `REGISTRY` */
  ask(request: Request): Promise<Answer>;
  /** Wait before another attempt, the first being 1. */
  pause(attempt: number): Promise<void>;
}

/** How often one thing is tried. */
export const ATTEMPTS = 5;
const REDIRECTS = 5;
const REDIRECTED: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** @param text the repository. @throws UserError `REGISTRY` */
export function openSession(text: string, options: SessionOptions): Session {
  const repository = parseRepository(text);
  const { pauseMs = 500 } = options;
  let told: Told | undefined;

  const pause = async (attempt: number): Promise<void> => {
    await setTimeout(pauseMs * 2 ** (attempt - 1));
  };

  const askOnce = async (request: Request): Promise<Answer> => {
    let answer = await send(request, repository, told?.authorization, options);
    if (answer.status === 401) {
      if (answer.url.origin !== repository.origin) throw failures.refused(answer, request.what, repository);
      told = await authorize(answer, repository, options);
      answer = await send(request, repository, told.authorization, options);
      if (answer.status === 401) throw notAllowed(told.login, repository, options);
    }
    if (request.answers.includes(answer.status)) return answer;
    throw failures.refused(answer, request.what, repository);
  };

  const ask = async (request: Request): Promise<Answer> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await askOnce(request);
      } catch (error) {
        if (!(error instanceof failures.Interrupted)) throw error;
        if (attempt === ATTEMPTS) throw error.failure;
        await pause(attempt);
      }
    }
  };

  return { repository, askOnce, ask, pause };
}

/** Send, and follow where a registry keeps blobs elsewhere. Only the registry itself is told who asks. */
async function send(
  request: Request,
  repository: Repository,
  authorization: string | undefined,
  options: SessionOptions,
): Promise<Answer> {
  let url = new URL(request.url, repository.origin);
  for (let redirects = 0; ; redirects += 1) {
    const known = authorization !== undefined && url.origin === repository.origin;
    const headers = { ...request.headers, ...(known ? { authorization } : {}) };
    const answer = await answered(url, { ...request, headers }, request.what, repository, options);
    const next = answer.headers.get('location') ?? '';
    const readOnly = request.method === 'GET' || request.method === 'HEAD';
    if (
      next === '' ||
      !readOnly ||
      !REDIRECTED.has(answer.status) ||
      !URL.canParse(next, url.href) ||
      redirects === REDIRECTS
    )
      return answer;
    url = new URL(next, url);
  }
}

async function answered(
  url: URL,
  question: Question,
  what: string,
  repository: Repository,
  { timeoutMs = question.body === undefined ? 30_000 : 600_000 }: SessionOptions,
): Promise<Answer> {
  const local = isLoopback(url) && isLoopback(new URL(repository.origin));
  if (url.protocol !== 'https:' && !local) throw failures.unencrypted(url.host, repository);
  try {
    return await exchange(url, question, timeoutMs);
  } catch (error) {
    throw error instanceof NoAnswer ? failures.unanswered(error, what, repository, timeoutMs) : error;
  }
}

/** What a registry is told of who asks. */
interface Told {
  readonly authorization: string;
  /** `undefined` where a token was had as nobody. */
  readonly login: Login | undefined;
}

/** What a registry's 401 asks for. */
async function authorize(answer: Answer, repository: Repository, options: SessionOptions): Promise<Told> {
  const challenge = parseChallenge(answer.headers.get('www-authenticate'));
  const login = await findLogin(repository.registry, options.env);
  if (challenge?.scheme === 'bearer' && challenge.realm !== undefined && URL.canParse(challenge.realm)) {
    const realm = new URL(challenge.realm);
    const scope = `repository:${repository.name}:${options.actions}`;
    const { url, ...question } = tokenRequest(realm, challenge, scope, login);
    const { status, body } = await answered(url, question, 'the login', repository, options);
    const token = status === 200 ? parseToken(body) : undefined;
    if (token !== undefined) return { authorization: `Bearer ${token}`, login };
    if (status !== 200 && status < 500) throw notAllowed(login, repository, options);
    const failure = failures.tokenMissing(realm.host, repository, status);
    throw status === 200 ? failure : new failures.Interrupted(failure);
  }
  const authorization = basic(login);
  if (authorization === undefined) throw notAllowed(undefined, repository, options);
  return { authorization, login };
}

function notAllowed(login: Login | undefined, repository: Repository, { env }: SessionOptions): Error {
  const path = dockerConfigPath(env);
  return login === undefined
    ? failures.loginMissing(repository, path)
    : failures.loginRefused(repository, path);
}
