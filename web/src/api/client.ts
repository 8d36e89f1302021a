import createClient, { type Middleware } from 'openapi-fetch';
import type { paths } from '../../generated/schema.d.ts';
import { ApiError, errorOf } from './api-error.ts';

interface Tokens {
  current(): Promise<string | undefined>;
  renewed(): Promise<string | undefined>;
}

let tokens: Tokens | undefined;

/** Says where tokens come from, as soon as somebody is signed in. */
export const setTokens = (source: Tokens): void => {
  tokens = source;
};

/** The token of who is signed in. */
export const currentToken = async (): Promise<string | undefined> => tokens?.current();

/** How often a request waits for its turn (429), and how long at most. */
const MOST_WAITS = 4;
const LONGEST_WAIT_SECONDS = 65;

/** A request as whoever is signed in: with a fresh token where the old one has ended, and when it is its turn. */
export async function authorizedFetch(input: Request | string, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  let token = await tokens?.current();
  let renewed = false;
  for (let waits = 0; ; ) {
    const attempt = request.clone();
    if (token) attempt.headers.set('authorization', `Bearer ${token}`);
    const response = await fetch(attempt);
    if (response.status === 401 && !renewed && tokens) {
      renewed = true;
      token = await tokens.renewed();
      continue;
    }
    if (response.status !== 429 || waits >= MOST_WAITS) return response;
    waits += 1;
    const seconds = Math.min(Number(response.headers.get('retry-after') ?? 5), LONGEST_WAIT_SECONDS);
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

/** The API, typed by its own document; whatever it refuses is thrown as an {@link ApiError}. */
export const api = createClient<paths>({ fetch: authorizedFetch });
api.use(throwOnError);

/** The body of an answer: errors are thrown before, so that it is there. */
export async function bodyOf<T>(answer: Promise<{ data?: T; response: Response }>): Promise<T> {
  const { data, response } = await answer;
  if (data === undefined) throw new ApiError(response.status, 'The service gave an empty answer.');
  return data;
}

/** Bytes that need a token, which an `<img>` cannot send. */
export async function fetchBytes(path: string, signal?: AbortSignal): Promise<Blob> {
  const response = await authorizedFetch(path, { signal: signal ?? null });
  if (response.status !== 200) throw await errorOf(response);
  return response.blob();
}
