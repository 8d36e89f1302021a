import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import path from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { FunctionDefinition } from './functions.ts';
import type { ProcessGuard } from './process-guard.ts';

/** Payload limit of a synchronous invocation, request and response, in bytes (AWS Lambda quotas). */
export const payloadLimitBytes = 6 * 1024 * 1024;
const initTimeoutMs = 30_000;
/** Lambda, too, keeps an idle instance for minutes. */
const idleMs = 300_000;

/** The failure of a function: it threw, its process ended, or it timed out. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
  readonly errorType: string;

  constructor(errorType: string, message: string) {
    super(message);
    this.errorType = errorType;
  }
}

/** The shared environment of a stack's functions. */
export interface LambdaHost {
  /** A directory for sockets; its path must be short (at most 108 bytes for a Unix socket). */
  socketDir: string;
  cacheDir: string;
  /** The directory with the packages of the layers on this machine. */
  layerPackages: string;
  guard: ProcessGuard;
  clock: Clock;
  environmentFor(definition: FunctionDefinition): Record<string, string>;
  log(functionName: string, line: string): void;
}

const FromChild = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('idle'), requestId: z.string() }),
  z.object({
    type: z.literal('failed'),
    error: z.object({ errorType: z.string(), errorMessage: z.string() }).loose(),
  }),
]);

const ErrorPayload = z.object({ errorType: z.string(), errorMessage: z.string() }).loose();

/** One function with its processes. As in Lambda, each handles one request at a time and stays warm for a while. */
export class LambdaFunction {
  #definition: FunctionDefinition;
  readonly #host: LambdaHost;
  readonly #maxInstances: number;
  readonly #instances = new Set<Instance>();
  readonly #idle: Instance[] = [];
  readonly #waiting: (() => void)[] = [];
  #closed = false;

  constructor(definition: FunctionDefinition, host: LambdaHost, maxInstances: number) {
    this.#definition = definition;
    this.#host = host;
    this.#maxInstances = maxInstances;
  }

  get definition(): FunctionDefinition {
    return this.#definition;
  }

  /** Replaces the code for requests that start from now on. Requests in progress end with their code. */
  replaceCode(codeDir: string) {
    this.#definition = { ...this.#definition, codeDir };
    for (const instance of this.#idle.splice(0)) instance.kill('its code has changed');
  }

  /** Invokes the function and reads the whole response. Throws a FunctionError if Lambda would report one. */
  async invoke(event: unknown, requestId: string = randomUUID()): Promise<unknown> {
    const response = await this.invokeStreaming(event, requestId);
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of response) {
        bytes += chunk.length;
        if (bytes > payloadLimitBytes) break;
        chunks.push(chunk);
      }
    } catch (error) {
      throw error instanceof Error && error.cause instanceof FunctionError ? error.cause : error;
    }
    if (bytes > payloadLimitBytes) {
      throw new FunctionError(
        'Function.ResponseSizeTooLarge',
        `Response payload size exceeded maximum allowed payload size (${payloadLimitBytes} bytes).`,
      );
    }
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  }

  /**
   * Invokes the function and returns the response as a stream. Destroying it tells the function that the client
   * disconnected.
   */
  async invokeStreaming(event: unknown, requestId: string = randomUUID()): Promise<IncomingMessage> {
    const instance = await this.#acquire();
    const response = await instance.request(JSON.stringify(event), requestId);
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
    for (const instance of this.#instances) instance.kill('the local stack ends');
  }

  async #acquire(): Promise<Instance> {
    while (!this.#closed) {
      const warm = this.#idle.pop();
      if (warm?.usable) return warm.take();
      if (warm) continue;
      if (this.#instances.size < this.#maxInstances) return await this.#start();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    throw new FunctionError('ServiceUnavailable', 'The local stack ends.');
  }

  async #start(): Promise<Instance> {
    const definition = this.#definition;
    const instance = new Instance(definition, this.#host, {
      idle: () => {
        if (definition !== this.#definition) return instance.kill('its code has changed');
        if (!this.#closed) this.#idle.push(instance);
        this.#waiting.shift()?.();
      },
      gone: () => {
        this.#instances.delete(instance);
        const index = this.#idle.indexOf(instance);
        if (index >= 0) this.#idle.splice(index, 1);
        this.#waiting.shift()?.();
      },
    });
    this.#instances.add(instance);
    await instance.ready;
    return instance.take();
  }
}

let instanceCount = 0;

/** One process of a function. */
class Instance {
  readonly ready: Promise<void>;
  readonly number: number;
  readonly #definition: FunctionDefinition;
  readonly #child: ChildProcess;
  readonly #socketPath: string;
  readonly #clock: Clock;
  #deathReason: FunctionError | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #stopWatching: () => void = () => undefined;
  #currentRequest: string | undefined;

  constructor(definition: FunctionDefinition, host: LambdaHost, on: { idle(): void; gone(): void }) {
    this.#definition = definition;
    this.#clock = host.clock;
    instanceCount += 1;
    this.number = instanceCount;
    this.#socketPath = path.join(host.socketDir, `${this.number}.sock`);
    this.#child = spawn(
      process.execPath,
      [
        `--max-old-space-size=${Math.floor(definition.memoryMb * 0.9)}`,
        path.join(import.meta.dirname, 'runtime.ts'),
        this.#socketPath,
      ],
      {
        cwd: definition.codeDir,
        env: this.#environment(host),
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        // Ctrl-C signals the terminal's whole process group; only the parent decides when its functions end.
        detached: true,
      },
    );
    const { pid } = this.#child;
    if (pid !== undefined) host.guard.add(pid);
    for (const output of [this.#child.stdout, this.#child.stderr]) {
      if (output) createInterface({ input: output }).on('line', (line) => host.log(definition.name, line));
    }
    this.ready = new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => this.kill(`it did not start within ${initTimeoutMs / 1000} s`),
        initTimeoutMs,
      );
      this.#child.on('message', (raw) => {
        const message = FromChild.parse(raw);
        if (message.type === 'ready') {
          clearTimeout(timer);
          resolve();
        } else if (message.type === 'failed') {
          this.#deathReason = new FunctionError(message.error.errorType, message.error.errorMessage);
        } else if (message.requestId === this.#currentRequest) {
          this.#release();
          on.idle();
        }
      });
      const onEnd = (cause: string) => {
        if (pid !== undefined) host.guard.remove(pid);
        clearTimeout(timer);
        clearTimeout(this.#idleTimer);
        this.#stopWatching();
        this.#deathReason ??= new FunctionError('Runtime.ExitError', `Runtime exited: ${cause}.`);
        rmSync(this.#socketPath, { force: true });
        reject(this.#deathReason);
        on.gone();
      };
      this.#child.once('error', (error) => onEnd(error.message));
      this.#child.once('exit', (code, signal) => onEnd(signal ? `signal ${signal}` : `status ${code}`));
    });
    // The promise may be rejected before, or long after, it is awaited.
    this.ready.catch(() => undefined);
  }

  /** False as soon as the process is about to be ended, a little before it has ended. */
  get usable(): boolean {
    return this.#deathReason === undefined;
  }

  take(): this {
    clearTimeout(this.#idleTimer);
    return this;
  }

  kill(reason: string) {
    this.#deathReason ??= new FunctionError('Runtime.ExitError', `The function was stopped: ${reason}.`);
    this.#child.kill('SIGKILL');
  }

  request(event: string, requestId: string): Promise<IncomingMessage> {
    const { timeoutSeconds } = this.#definition;
    this.#currentRequest = requestId;
    this.#watch(requestId);
    return new Promise((resolve, reject) => {
      const request = httpRequest({
        socketPath: this.#socketPath,
        method: 'POST',
        agent: false,
        headers: {
          'x-request-id': requestId,
          'x-deadline': this.#clock.now() + timeoutSeconds * 1000,
          'x-clock-shift': this.#clock.shiftMs,
          'content-length': Buffer.byteLength(event),
        },
      });
      request.on('response', (response) => {
        // If the process ends, the connection breaks first: report why it ended instead.
        response.on('error', (error) => Object.assign(error, { cause: this.#deathReason }));
        resolve(response);
      });
      // The exit event, which has the reason, follows the end of the connection.
      request.on('error', (error) =>
        setTimeout(
          () => reject(this.#deathReason ?? new FunctionError('Runtime.ExitError', error.message)),
          50,
        ),
      );
      request.end(event);
    });
  }

  #watch(requestId: string) {
    const { timeoutSeconds, memoryMb } = this.#definition;
    const timeout = setTimeout(() => {
      this.#deathReason = new FunctionError(
        'Sandbox.Timedout',
        `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
      );
      this.#child.kill('SIGKILL');
    }, timeoutSeconds * 1000);
    const memory = setInterval(() => {
      const usedMb = anonymousMemoryMb(this.#child.pid);
      if (usedMb <= memoryMb) return;
      this.#deathReason = new FunctionError(
        'Runtime.OutOfMemory',
        `It used ${usedMb} MB of its ${memoryMb} MB.`,
      );
      this.#child.kill('SIGKILL');
    }, 250);
    this.#stopWatching = () => {
      clearTimeout(timeout);
      clearInterval(memory);
    };
  }

  #release() {
    this.#stopWatching();
    this.#currentRequest = undefined;
    this.#idleTimer = setTimeout(() => this.kill('it was idle'), idleMs);
    this.#idleTimer.unref();
  }

  #environment(host: LambdaHost): Record<string, string> {
    const { name, arn, memoryMb, handler, codeDir, environment, hasLayers } = this.#definition;
    return {
      ...environment,
      ...host.environmentFor(this.#definition),
      PATH: process.env.PATH ?? '',
      TZ: 'UTC',
      _HANDLER: handler,
      LAMBDA_TASK_ROOT: codeDir,
      LOCAL_FUNCTION_ARN: arn,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
      // The SDK names it in each request, in `user-agent`: so the services know which process calls.
      AWS_SDK_UA_APP_ID: `instance-${this.number}`,
      NODE_COMPILE_CACHE: host.cacheDir,
      ...(host.clock.shiftMs > 0 && { LOCAL_CLOCK_SHIFT: String(host.clock.shiftMs) }),
      ...(hasLayers && { NODE_PATH: host.layerPackages }),
    };
  }
}

/** The memory of a process without its mapped files. V8's heap limit does not include native libraries (libvips). */
function anonymousMemoryMb(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0; // No /proc on this platform, or the process has just ended.
  }
}
