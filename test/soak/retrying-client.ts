import { setTimeout as sleep } from 'node:timers/promises';
import { putOutcome } from '../../lib/storage/put-outcome.ts';
import type { Ledger } from './ledger.ts';

/** A whole response. */
export interface Answer {
  status: number;
  headers: Headers;
  bytes: Buffer;
  // biome-ignore lint/suspicious/noExplicitAny: each answer has a shape of its own
  json: () => any;
}

interface Options {
  /** The address of the service, which may start again meanwhile. */
  url: string;
  /** The value of the header `authorization`. */
  authorization: () => Promise<string>;
  ledger: Ledger;
  /** Ends all waiting. */
  signal: AbortSignal;
}

/** Responses after which a client sends its request again. 409: the first attempt may still be running. */
const RETRIED_STATUSES = [409, 429, 500, 502, 503, 504];
const PAUSE_MS = 300;

/** A client of the service that repeats its requests until they have an answer, as clients in clinics do. */
export class RetryingClient {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  /**
   * Sends a request until a final answer comes.
   *
   * @returns undefined if the load ended before
   */
  async send(
    method: string,
    path: string,
    { body, key }: { body?: unknown; key?: string } = {},
  ): Promise<Answer | undefined> {
    const { url, authorization, ledger } = this.#options;
    return this.#repeat(async () => {
      const response = await fetch(new URL(path, url), {
        method,
        redirect: 'manual',
        headers: { authorization: await authorization(), ...(key && { 'idempotency-key': key }) },
        signal: AbortSignal.timeout(60_000),
        ...(body !== undefined && { body: body instanceof FormData ? body : JSON.stringify(body) }),
      });
      const requestId = response.headers.get('x-request-id');
      if (requestId)
        ledger.responses.push({ requestId, request: `${method} ${path}`, status: response.status });
      return response;
    });
  }

  /** Uploads bytes to a signed URL. Returns whether they are stored. */
  async put(url: string, headers: Record<string, string>, bytes: Buffer): Promise<boolean> {
    const body = new Uint8Array(bytes);
    const outcomeOf = (answer: Answer) => putOutcome(answer.status, answer.bytes.toString());
    const answer = await this.#repeat(
      () => fetch(url, { method: 'PUT', headers, body, signal: AbortSignal.timeout(60_000) }),
      (answer) => !['lost', 'unable'].includes(outcomeOf(answer)),
    );
    return answer !== undefined && outcomeOf(answer) === 'stored';
  }

  async #repeat(
    attempt: () => Promise<Response>,
    isFinal = ({ status }: Answer) => !RETRIED_STATUSES.includes(status),
  ): Promise<Answer | undefined> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      try {
        const response = await attempt();
        // A response whose body breaks off is none.
        const bytes = Buffer.from(await response.arrayBuffer());
        const { status, headers } = response;
        const answer: Answer = { status, headers, bytes, json: () => JSON.parse(bytes.toString()) };
        if (isFinal(answer)) return answer;
      } catch (error) {
        if (error instanceof SyntaxError || error instanceof ReferenceError) throw error;
      }
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
    return undefined;
  }
}
