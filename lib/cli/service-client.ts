import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { ATTEMPTS, backOff, retryAfterMs } from './back-off.ts';
import { CliError, EXIT } from './cli-error.ts';
import { RenewableToken } from './sign-in/renewable-token.ts';

/** An error response of the service. */
export class RefusedRequest extends Error {
  readonly status: number;
  readonly details: readonly string[];

  constructor(status: number, message: string, details: readonly string[]) {
    super(details.length > 0 ? `${message}: ${details.join('; ')}` : message);
    this.status = status;
    this.details = details;
  }
}

const ErrorBody = z.object({ message: z.string(), details: z.array(z.string()).default([]) });

/** A token, one that is renewed before it expires, the header with the API key of a program, or no header. */
export type Credential = string | RenewableToken | { 'x-api-key'?: string };

interface Options {
  url: URL;
  token: Credential;
  signal: AbortSignal;
  /** Called with the seconds that the service asks the client to wait. */
  onWait: (seconds: number) => void;
}

/** How often one request is refused as unavailable before it fails: after about five minutes, as the service asks for five seconds. */
const MOST_UNAVAILABLE = 60;

/** The HTTP client of the service for one caller. It waits as the service requests, and retries failed requests. */
export class ServiceClient {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  /** The base URL of the service. */
  get base(): string {
    return this.#options.url.href;
  }

  /** Sends a request and returns the response's JSON; undefined if it has no body. */
  async json<T>(schema: z.ZodType<T>, method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
    // The same key for each attempt, so that the service repeats its response instead of creating another resource.
    if (method === 'POST') headers['idempotency-key'] = crypto.randomUUID();
    const response = await this.send(
      method,
      path,
      headers,
      body === undefined ? undefined : JSON.stringify(body),
    );
    const text = await response.text();
    return schema.parse(text === '' ? undefined : JSON.parse(text));
  }

  /**
   * Sends a request and returns the response with an unread body.
   *
   * @throws RefusedRequest for a status of 400 and more
   * @throws CliError if the command can't continue
   */
  async send(
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: string | Uint8Array<ArrayBuffer>,
  ): Promise<Response> {
    const { url, token, signal, onWait } = this.#options;
    const target = new URL(`${url.pathname.replace(/\/$/, '')}${path}`, url);
    let refused: string | undefined;
    for (let failures = 0, unavailable = 0; ; ) {
      const current = token instanceof RenewableToken ? await tokenOf(token, refused) : token;
      const credential = typeof current === 'string' ? { authorization: `Bearer ${current}` } : current;
      const init = { method, headers: { ...headers, ...credential }, signal };
      const answer = await fetch(target, body === undefined ? init : { ...init, body }).catch(
        (cause: unknown) => {
          signal.throwIfAborted();
          if (++failures < ATTEMPTS) return undefined;
          throw new CliError(`${url.origin} can not be reached.`, EXIT.notAll, { cause });
        },
      );
      if (!answer) {
        await backOff(failures, signal);
        continue;
      }
      const { status } = answer;
      if (status < 400) return answer;
      if (status === 401 && token instanceof RenewableToken && refused === undefined) {
        await answer.body?.cancel();
        refused = String(current);
        continue;
      }
      const wait = retryAfterMs(answer.headers.get('retry-after'), new Date());
      if (status === 503 && ++unavailable > MOST_UNAVAILABLE) throw await refusalOf(answer);
      if (status === 429 || (wait !== undefined && (status === 503 || status === 409))) {
        await answer.body?.cancel();
        const ms = wait ?? 5000;
        onWait(Math.ceil(ms / 1000));
        await sleep(ms, undefined, { signal });
      } else if (status >= 500 && ++failures < ATTEMPTS) {
        await answer.body?.cancel();
        await backOff(failures, signal);
      } else throw await refusalOf(answer);
    }
  }
}

const tokenOf = (token: RenewableToken, refused: string | undefined) =>
  refused === undefined ? token.get() : token.insteadOf(refused);

async function refusalOf(answer: Response): Promise<Error> {
  const text = await answer.text();
  const { message, details } = ErrorBody.safeParse(parseJson(text)).data ?? { message: '', details: [] };
  const refusal = new RefusedRequest(
    answer.status,
    message || `The service answered ${answer.status}`,
    details,
  );
  if (answer.status !== 401) return refusal;
  const advice =
    'The token is not, or no longer, valid. Get a new one and run the same command again: it goes on.';
  return new CliError(advice, EXIT.notAllowed, { cause: refusal });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
