/** The error codes of the API and their HTTP statuses (the Exams error table, extended). */
export const ERROR_STATUS = {
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  NOT_ACCEPTABLE: 406,
  CONFLICT: 409,
  GONE: 410,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RANGE_NOT_SATISFIABLE: 416,
  UNPROCESSABLE_CONTENT: 422,
  TOO_MANY_REQUESTS: 429,
  INTERNAL_SERVER_ERROR: 500,
  SERVICE_UNAVAILABLE: 503,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

interface Extras {
  /** One sentence for each fault: the field, what was expected, and what was received. */
  details?: readonly string[];
  headers?: Readonly<Record<string, string>>;
  cause?: unknown;
}

/** The only error class of the domain. It is converted to an HTTP response in one place, `lib/lambda`. */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly details: readonly string[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, message: string, { details = [], headers = {}, cause }: Extras = {}) {
    super(message, { cause });
    this.name = 'DomainError';
    this.code = code;
    this.details = details;
    this.headers = headers;
  }
}
