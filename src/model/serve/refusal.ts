/** Codes of gRPC, by which TensorFlow Serving counts requests, and the HTTP status that it answers each with. */
const HTTP_STATUS = {
  INVALID_ARGUMENT: 400,
  NOT_FOUND: 404,
  FAILED_PRECONDITION: 400,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 499,
  INTERNAL: 500,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
} as const;

export type Code = keyof typeof HTTP_STATUS;

/** Why a request is not answered: the client's mistake, or that there is too much to do. Never ends the server. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: Code;
  readonly httpStatus: number;

  /** @param message in TensorFlow Serving's words where it has some */
  constructor(code: Code, message: string, httpStatus: number = HTTP_STATUS[code]) {
    super(message);
    this.code = code;
    this.httpStatus = httpStatus;
  }
}

export const invalid = (message: string): Refusal => new Refusal('INVALID_ARGUMENT', message);
