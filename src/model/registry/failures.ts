// What can go wrong with a registry, in words: what, at which registry and repository, and what to do. None of them
// holds a login, a token, or the address of an upload, which may hold one.

import { UserError } from '../../errors.ts';
import type { Answer, NoAnswer } from './exchange.ts';
import type { Repository } from './repository.ts';

/** Something that may go well the next time. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  /** What to say when it does not. */
  readonly failure: UserError;

  constructor(failure: UserError) {
    super(failure.message, { cause: failure });
    this.failure = failure;
  }
}

const failure = (message: string, hint: string, cause?: Error): UserError =>
  new UserError('REGISTRY', message, hint, cause === undefined ? {} : { cause });

const AGAIN = 'run it again: what is there is not sent twice';

/** @param what was asked, as a noun: `the upload of sha256:…` */
export function unanswered(
  reason: NoAnswer,
  what: string,
  { registry, text }: Repository,
  timeoutMs: number,
): UserError | Interrupted {
  if (reason.why === 'unreachable')
    return failure(
      `registry ${registry} cannot be reached for ${text}: ${reason.code}`,
      "correct repository in the model's definition, or see to the network and the registry's certificate",
      reason,
    );
  if (reason.why === 'long')
    return failure(
      `registry ${registry} answers ${what} for ${text} with more than a registry would (${reason.code})`,
      "see whether repository in the model's definition names a registry",
      reason,
    );
  const said =
    reason.why === 'late'
      ? `did not answer ${what} for ${text} within ${timeoutMs / 1000} s`
      : `broke off ${what} for ${text} (${reason.code})`;
  return new Interrupted(failure(`registry ${registry} ${said}`, AGAIN, reason));
}

/** An answer that was not hoped for. */
export function refused(
  answer: Answer,
  what: string,
  { registry, text, name }: Repository,
): UserError | Interrupted {
  const said = `registry ${registry} answers ${what} for ${text} with ${answer.status}${codeOf(answer)}`;
  if (answer.status === 429 || answer.status >= 500)
    return new Interrupted(failure(said, `see the registry's log, then ${AGAIN}`));
  if (answer.status === 403)
    return failure(
      `${said}: who asks may not do that`,
      `let the account use ${name}, or log in with another: docker login ${registry}`,
    );
  if (answer.status === 404)
    return failure(
      `${said}: it has no such repository`,
      "create it there, or correct repository in the model's definition",
    );
  if (answer.status === 413)
    return failure(
      `${said}: it takes no request of that size`,
      'raise the limit of the registry, or of the proxy in front of it',
    );
  if (codeOf(answer).includes('DIGEST_INVALID'))
    return failure(`${said}: it received other bytes than were sent`, `see to the network, then ${AGAIN}`);
  return failure(said, "see the registry's log");
}

/** A registry's own word for it, such as `DENIED`. Its sentences are not repeated: they may hold anything. */
function codeOf({ body }: Answer): string {
  const [, code] = /"code"\s*:\s*"([A-Z_]{2,40})"/.exec(Buffer.from(body).toString()) ?? [];
  return code === undefined ? '' : ` (${code})`;
}

/** @param path of Docker's configuration, where the login was looked for */
export function loginMissing({ registry, text }: Repository, path: string): UserError {
  return failure(
    `registry ${registry} wants a login for ${text}, and ${path} has none for it`,
    `docker login ${registry}, or set DOCKER_CONFIG to the folder of a config.json that has one`,
  );
}

/** @param path of Docker's configuration, where the login is from */
export function loginRefused({ registry, text }: Repository, path: string): UserError {
  return failure(
    `registry ${registry} refuses the login from ${path} for ${text}`,
    `log in again: docker login ${registry}`,
  );
}

export function tokenMissing(service: string, { registry, text }: Repository, status: number): UserError {
  return failure(
    `${service}, which registry ${registry} names for logins, gives no token for ${text}: it answers with ${status}`,
    "see its log, or run it again later; see whether repository in the model's definition is right",
  );
}

/** @param host that a registry or its proxy names without encryption */
export function unencrypted(host: string, { registry, text }: Repository): UserError {
  return failure(
    `registry ${registry} leads to plain HTTP at ${host} for ${text}`,
    'let the registry name itself by https: behind a proxy, pass X-Forwarded-Proto on, or set its own address',
  );
}

/** @param found digest that it answered with */
export function otherDigest(digest: string, found: string, { registry, text }: Repository): UserError {
  return failure(
    `registry ${registry} answers with ${found} where ${text} has ${digest}`,
    'ask who runs it: the registry, or a proxy in front of it, changes what it stores',
  );
}

export function strange(what: string, { registry, text }: Repository): UserError {
  return failure(
    `registry ${registry} answers ${what} for ${text} otherwise than the distribution protocol says`,
    "see whether repository in the model's definition names a registry, and the registry's log",
  );
}
