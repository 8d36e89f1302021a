import createClient, { type Middleware } from 'openapi-fetch';
import type { paths } from '../../generated/schema.d.ts';
import { text } from '../messages/text.ts';
import { ApiError, errorOf } from './api-error.ts';
import { connection } from './connection.ts';

interface Tokens {
  current(): Promise<string | undefined>;
  renewed(): Promise<string | undefined>;
}

let tokens: Tokens | undefined;

/** Sets the source of tokens after sign-in. */
export const setTokens = (source: Tokens): void => {
  tokens = source;
};

/** The token of the signed-in user. */
export const currentToken = async (): Promise<string | undefined> => tokens?.current();

/** How often a request is repeated, and the longest wait. */
const MOST_WAITS = 4;
const LONGEST_WAIT_SECONDS = 65;

/** Methods of which a second request has the same effect as one (RFC 9110, 9.2.2). PATCH sets fields to values. */
const READS = ['GET', 'HEAD'];
const REPEATABLE = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'];

/** The wait where an answer names none; reads have retries of their own. In seconds. */
const WAIT_SECONDS = 2;

/** Whether to send the same request again: nothing was done, or doing it again does no harm. */
function isToRepeat({ method, headers }: Request, { status, headers: answered }: Response): boolean {
  if (status === 429) return true;
  const isHarmless = REPEATABLE.includes(method) || headers.has('idempotency-key');
  if (!isHarmless || status < 502 || status > 504) return false;
  return answered.has('retry-after') || !READS.includes(method);
}

/** Sends a request as the signed-in user. Renews an expired token, and repeats the request where the service asks for it. */
export async function authorizedFetch(input: Request | string, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  let token = await tokens?.current();
  let renewed = false;
  for (let waits = 0; ; ) {
    const attempt = request.clone();
    if (token) attempt.headers.set('authorization', `Bearer ${token}`);
    const response = await connection.follow(fetch(attempt));
    if (response.status === 401 && !renewed && tokens) {
      renewed = true;
      token = await tokens.renewed();
      continue;
    }
    if (!isToRepeat(request, response) || waits >= MOST_WAITS) return response;
    waits += 1;
    const seconds = Math.min(
      Number(response.headers.get('retry-after') ?? WAIT_SECONDS),
      LONGEST_WAIT_SECONDS,
    );
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    request.signal.throwIfAborted();
  }
}

const throwOnError: Middleware = {
  onResponse: async ({ response }) => {
    if (!response.ok) throw await errorOf(response);
    return undefined;
  },
};

/** The API client, typed by the OpenAPI document. It throws an {@link ApiError} for error responses. */
export const api = createClient<paths>({ fetch: authorizedFetch });
api.use(throwOnError);

/** The body of a response. Errors have been thrown before, so that it is defined. */
export async function bodyOf<T>(answer: Promise<{ data?: T; response: Response }>): Promise<T> {
  const { data, response } = await answer;
  if (data === undefined) throw new ApiError(response.status, text('api.empty-answer'));
  return data;
}

/** Fetches bytes that need a token, which an `<img>` cannot send. */
export async function fetchBytes(path: string, signal?: AbortSignal): Promise<Blob> {
  const response = await authorizedFetch(path, { signal: signal ?? null });
  if (response.status !== 200) throw await errorOf(response);
  return response.blob();
}
