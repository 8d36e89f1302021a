import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import path from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { AccountConcurrency } from './account-concurrency.ts';
import { countdown } from './countdown.ts';
import type { FunctionDefinition } from './functions.ts';
import { type MemoryBound, unmeasuredMb } from './memory-bound.ts';
import { anonymousMemoryMb } from './proc.ts';
import type { ProcessGuard } from './process-guard.ts';
import type { Waiting } from './waiting-line.ts';

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
  memory: MemoryBound;
  waiting: Waiting;
  concurrency: AccountConcurrency;
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

let instanceCount = 0;

/** One process of a function. */
export class Instance {
  readonly ready: Promise<void>;
  readonly number: number;
  readonly definition: FunctionDefinition;
  /** As last measured. */
  memoryMb = unmeasuredMb;
  readonly #memory: MemoryBound;
  readonly #child: ChildProcess;
  readonly #socketPath: string;
  /** Keeps the connection to the process: one for each request would cost both sides more than many a request. */
  readonly #agent = new Agent({ keepAlive: true });
  readonly #clock: Clock;
  #deathReason: FunctionError | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  #stopWatching: () => void = () => undefined;
  #currentRequest: string | undefined;
  /** How many responses are not read to their end yet. The handler may have ended, but the process still sends them. */
  #unread = 0;
  #isResting = false;

  constructor(definition: FunctionDefinition, host: LambdaHost, on: { idle(): void; gone(): void }) {
    this.definition = definition;
    this.#memory = host.memory;
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
    this.#memory.add(this);
    if (pid !== undefined) host.guard.add(pid);
    for (const output of [this.#child.stdout, this.#child.stderr]) {
      if (output) createInterface({ input: output }).on('line', (line) => host.log(definition.name, line));
    }
    this.ready = new Promise((resolve, reject) => {
      const stopCountdown = countdown(pid, initTimeoutMs, () =>
        this.kill(`it did not start within ${initTimeoutMs / 1000} s`),
      );
      this.#child.on('message', (raw) => {
        const message = FromChild.parse(raw);
        if (message.type === 'ready') {
          stopCountdown();
          this.#measure();
          resolve();
        } else if (message.type === 'failed') {
          this.#deathReason = new FunctionError(message.error.errorType, message.error.errorMessage);
        } else if (message.requestId === this.#currentRequest) {
          this.#stopWatching();
          this.#measure();
          this.#currentRequest = undefined;
          on.idle();
        }
      });
      const onEnd = (cause: string) => {
        if (pid !== undefined) host.guard.remove(pid);
        this.#memory.remove(this);
        stopCountdown();
        this.#isResting = false;
        clearTimeout(this.#idleTimer);
        this.#stopWatching();
        this.#deathReason ??= new FunctionError('Runtime.ExitError', `Runtime exited: ${cause}.`);
        this.#agent.destroy();
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

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** The process waits for a request, until it is taken. */
  rest() {
    this.#isResting = true;
    this.#becomeIdle();
  }

  take(): this {
    this.#isResting = false;
    clearTimeout(this.#idleTimer);
    this.#memory.busy(this);
    return this;
  }

  /** From now on the process may be ended. Not while its last response is being read, which would be cut. */
  #becomeIdle() {
    if (!this.#isResting || this.#unread > 0) return;
    this.#idleTimer = setTimeout(() => this.kill('it was idle'), idleMs);
    this.#idleTimer.unref();
    this.#memory.idle(this);
  }

  kill(reason: string) {
    this.#deathReason ??= new FunctionError('Runtime.ExitError', `The function was stopped: ${reason}.`);
    this.#child.kill('SIGKILL');
  }

  /** @param event as JSON text */
  request(event: Buffer, requestId: string): Promise<IncomingMessage> {
    const { timeoutSeconds } = this.definition;
    this.#currentRequest = requestId;
    this.#watch(requestId);
    return new Promise((resolve, reject) => {
      const request = httpRequest({
        socketPath: this.#socketPath,
        method: 'POST',
        agent: this.#agent,
        headers: {
          'x-request-id': requestId,
          'x-deadline': this.#clock.now() + timeoutSeconds * 1000,
          'x-clock-shift': this.#clock.shiftMs,
          'content-length': event.length,
        },
      });
      this.#unread += 1;
      request.once('close', () => {
        this.#unread -= 1;
        this.#becomeIdle();
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
    const { timeoutSeconds, memoryMb } = this.definition;
    const stopCountdown = countdown(this.pid, timeoutSeconds * 1000, () => {
      this.#deathReason = new FunctionError(
        'Sandbox.Timedout',
        `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
      );
      this.#child.kill('SIGKILL');
    });
    const memory = setInterval(() => {
      this.#measure();
      if (this.memoryMb <= memoryMb) return;
      this.#deathReason = new FunctionError(
        'Runtime.OutOfMemory',
        `It used ${this.memoryMb} MB of its ${memoryMb} MB.`,
      );
      this.#child.kill('SIGKILL');
    }, 250);
    this.#stopWatching = () => {
      stopCountdown();
      clearInterval(memory);
    };
  }

  #measure() {
    this.memoryMb = anonymousMemoryMb(this.pid) || unmeasuredMb;
    this.#memory.measured();
  }

  #environment(host: LambdaHost): Record<string, string> {
    const { name, arn, memoryMb, handler, codeDir, environment, hasLayers } = this.definition;
    return {
      ...environment,
      ...host.environmentFor(this.definition),
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
