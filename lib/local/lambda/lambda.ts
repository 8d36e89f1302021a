import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import { readBody } from '../request-body.ts';
import type { FunctionDefinition } from './functions.ts';
import { FunctionError, Instance, type LambdaHost } from './instance.ts';
import { WaitingLine } from './waiting-line.ts';

/** Payload limit of a synchronous invocation, request and response, in bytes (AWS Lambda quotas). */
export const payloadLimitBytes = 6 * 1024 * 1024;

const ErrorPayload = z.object({ errorType: z.string(), errorMessage: z.string() }).loose();

const stackEnds = () => new FunctionError('ServiceUnavailable', 'The local stack ends.');

/** How a function is invoked. */
export interface Invocation {
  requestId?: string;
  /**
   * Somebody waits for the answer: an OverloadError is better than a long wait. Others, such as the events of queues and
   * streams, wait as long as it takes.
   */
  sheddable?: boolean;
  /** Says that nobody waits for the answer any more: it leaves the line for a process. */
  gone?: AbortSignal;
  /** Hears which process takes the request, at the end of the wait for one. */
  started?: (pid: number | undefined) => void;
}

/** How much of the computer a function takes. */
export interface Scaling {
  /** How many processes at most serve it at the same time. */
  maxInstances: number;
  /** How long a process rests between two requests while others wait in line, in milliseconds. */
  restMs?: number;
}

/** One function with its processes. As in Lambda, each handles one request at a time and stays warm for a while. */
export class LambdaFunction {
  #definition: FunctionDefinition;
  readonly #host: LambdaHost;
  readonly #maxInstances: number;
  readonly #restMs: number;
  readonly #instances = new Set<Instance>();
  readonly #idle: Instance[] = [];
  /** Ends the invocation of each busy process. */
  readonly #ends = new Map<Instance, () => void>();
  readonly #line: WaitingLine<Instance>;
  #starting = 0;
  #closed = false;

  constructor(definition: FunctionDefinition, host: LambdaHost, { maxInstances, restMs = 0 }: Scaling) {
    this.#definition = definition;
    this.#host = host;
    this.#line = new WaitingLine(host.waiting);
    this.#maxInstances = maxInstances;
    this.#restMs = restMs;
  }

  get definition(): FunctionDefinition {
    return this.#definition;
  }

  /** Replaces the code for requests that start from now on. Requests in progress end with their code. */
  replaceCode(codeDir: string) {
    this.#definition = { ...this.#definition, codeDir };
    for (const instance of this.#idle.splice(0)) instance.kill('its code has changed');
  }

  /**
   * Invokes the function and reads the whole response. Throws a FunctionError if Lambda would report one.
   *
   * @param event the event, or its JSON text
   */
  async invoke(event: unknown, invocation: Invocation = {}): Promise<unknown> {
    const response = await this.invokeStreaming(event, invocation);
    const body = await readBody(response, payloadLimitBytes).catch((error) => {
      throw error instanceof Error && error.cause instanceof FunctionError ? error.cause : error;
    });
    if (body) return JSON.parse(body.toString('utf8'));
    response.destroy();
    throw new FunctionError(
      'Function.ResponseSizeTooLarge',
      `Response payload size exceeded maximum allowed payload size (${payloadLimitBytes} bytes).`,
    );
  }

  /**
   * Invokes the function and returns the response as a stream. Destroying it tells the function that the client
   * disconnected.
   *
   * @param event the event, or its JSON text
   */
  async invokeStreaming(
    event: unknown,
    { requestId = randomUUID(), sheddable = false, gone, started }: Invocation = {},
  ): Promise<IncomingMessage> {
    const { concurrency } = this.#host;
    const end = sheddable ? concurrency.begin() : await concurrency.beginLater();
    let instance: Instance;
    let response: IncomingMessage;
    try {
      instance = await this.#acquire(sheddable, gone);
      this.#ends.set(instance, end);
      started?.(instance.pid);
      response = await instance.request(
        event instanceof Buffer ? event : Buffer.from(JSON.stringify(event)),
        requestId,
      );
    } catch (error) {
      end();
      throw error;
    }
    if (response.headers['x-function-error'] === undefined) return response;
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    const { errorType, errorMessage } = ErrorPayload.parse(
      JSON.parse(Buffer.concat(chunks).toString('utf8')),
    );
    throw new FunctionError(errorType, errorMessage);
  }

  /** Kills one process, by its number; it may have ended. */
  killInstance(number: number) {
    for (const instance of this.#instances) if (instance.number === number) instance.kill('by a fault');
  }

  close() {
    this.#closed = true;
    this.#line.close(stackEnds());
    for (const instance of this.#instances) instance.kill('the local stack ends');
  }

  /** Throws an OverloadError if a request would be refused. */
  requireRoom() {
    this.#line.requireRoom();
  }

  #acquire(sheddable: boolean, gone: AbortSignal | undefined): Promise<Instance> {
    if (this.#closed) return Promise.reject(stackEnds());
    const instance = this.#line.join(sheddable, gone);
    this.#serveLine();
    return instance;
  }

  /** Gives those in line the idle processes, and starts one for each of the others as far as the bounds allow. */
  readonly #serveLine = () => {
    while (this.#line.length > 0) {
      const warm = this.#idle.pop();
      if (warm?.usable) this.#line.serve(warm.take());
      if (warm) continue;
      if (this.#starting >= this.#line.length || this.#instances.size >= this.#maxInstances) return;
      // The first process of a function starts also if it exceeds the bound. Otherwise the function would wait for
      // others, which may wait for it, or may never be idle.
      if (!this.#host.memory.makeRoom() && this.#instances.size > 0) {
        this.#host.memory.whenChanged(this.#serveLine);
        return;
      }
      void this.#start();
    }
  };

  async #start() {
    const instance = new Instance(this.#definition, this.#host, {
      idle: () => {
        this.#endInvocation(instance);
        if (this.#restMs === 0 || this.#line.length === 0) return this.#release(instance);
        setTimeout(() => this.#release(instance), this.#restMs);
      },
      gone: () => {
        this.#endInvocation(instance);
        this.#instances.delete(instance);
        const index = this.#idle.indexOf(instance);
        if (index >= 0) this.#idle.splice(index, 1);
        this.#serveLine();
      },
    });
    this.#instances.add(instance);
    this.#starting += 1;
    try {
      await instance.ready;
      this.#starting -= 1;
      this.#release(instance);
    } catch (error) {
      this.#starting -= 1;
      // As in Lambda, the request for which it starts fails with it.
      this.#line.fail(error as Error);
      this.#serveLine();
    }
  }

  #endInvocation(instance: Instance) {
    this.#ends.get(instance)?.();
    this.#ends.delete(instance);
  }

  #release(instance: Instance) {
    // It may have ended while it rested.
    if (this.#closed || !this.#instances.has(instance)) return;
    if (instance.definition !== this.#definition) return instance.kill('its code has changed');
    this.#idle.push(instance);
    this.#serveLine();
    if (this.#idle.includes(instance)) instance.rest();
  }
}
