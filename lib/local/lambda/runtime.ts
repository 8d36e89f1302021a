// Runs inside a function's process: the part of AWS Lambda's Node runtime that functions can see. It imports only Node
// modules, because every cold start loads it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire, flushCompileCache } from 'node:module';
import path from 'node:path';
import { Writable } from 'node:stream';

// An import of node:http reads all that it exports, also the WebSocket class: that loads undici, 70 ms for each process.
const { createServer } = process.getBuiltinModule('node:http');

type Handler = (event: unknown, context: object) => Promise<unknown>;
type StreamingHandler = (event: unknown, stream: ResponseStream, context: object) => Promise<unknown>;

const streaming = Symbol.for('aws.lambda.runtime.handler.streaming');
const environment = process.env as Record<string, string>;
const [, , socketPath = ''] = process.argv;

/** The response of a streaming function: metadata as JSON, eight zero bytes, then the body. */
class ResponseStream extends Writable {
  readonly #response: ServerResponse;
  #metadata: object | undefined;
  #started = false;

  constructor(response: ServerResponse) {
    super();
    this.#response = response;
    response.on('close', () => {
      if (!response.writableFinished) this.destroy(new Error('The client has gone.'));
    });
  }

  get started(): boolean {
    return this.#started;
  }

  setContentType(contentType: string) {
    this.#response.setHeader('content-type', contentType);
  }

  describe(metadata: object): this {
    this.setContentType('application/vnd.awslambda.http-integration-response');
    this.#metadata = metadata;
    return this;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void) {
    if (!this.#started) {
      this.#started = true;
      if (this.#metadata)
        this.#response.write(Buffer.concat([Buffer.from(JSON.stringify(this.#metadata)), Buffer.alloc(8)]));
    }
    this.#response.write(chunk, done);
  }

  override _final(done: () => void) {
    this.#started = true;
    this.#response.end(done);
  }
}

Object.assign(globalThis, {
  awslambda: {
    streamifyResponse: (handler: StreamingHandler) => Object.assign(handler, { [streaming]: 'response' }),
    HttpResponseStream: {
      from: (stream: ResponseStream, metadata: object) => stream.describe(metadata),
    },
  },
});

const MachineDate = Date;
let clockShiftMs = 0;

/**
 * Moves this process's `Date` ahead of the machine's. Timers keep the machine's time, and without a shift `Date` is
 * Node's own.
 */
function shiftClock(shiftMs: number) {
  if (shiftMs > 0 && globalThis.Date === MachineDate) {
    const now = () => MachineDate.now() + clockShiftMs;
    globalThis.Date = new Proxy(MachineDate, {
      construct: (target, values, newTarget) =>
        Reflect.construct(target, values.length === 0 ? [now()] : values, newTarget),
      apply: () => new MachineDate(now()).toString(),
      get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
    });
  }
  clockShiftMs = shiftMs;
}
shiftClock(Number(environment.LOCAL_CLOCK_SHIFT ?? 0));

function contextOf(requestId: string, deadline: number): object {
  return {
    awsRequestId: requestId,
    functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    invokedFunctionArn: environment.LOCAL_FUNCTION_ARN,
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: `local/${process.pid}`,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] };
}

async function invoke(
  handler: Handler & StreamingHandler,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const requestId = String(request.headers['x-request-id']);
  shiftClock(Number(request.headers['x-clock-shift']));
  const context = contextOf(requestId, Number(request.headers['x-deadline']));
  const isStreaming = streaming in handler;
  const stream = isStreaming ? new ResponseStream(response) : undefined;
  // A client that disconnects must not cause an uncaught exception; the handler sees the error in its own pipeline.
  stream?.on('error', () => undefined);
  try {
    const event: unknown = JSON.parse(await readText(request));
    if (stream) {
      await handler(event, stream, context);
      if (!stream.destroyed && !stream.writableEnded) stream.end();
    } else {
      response.end(JSON.stringify((await handler(event, context)) ?? null));
    }
  } catch (error) {
    console.error(error);
    if (stream?.started) response.destroy();
    else if (!response.destroyed) {
      response.setHeader('x-function-error', 'Unhandled');
      response.end(JSON.stringify(describeError(error)));
    }
  } finally {
    // The instance accepts its next request when the handler has ended, not when the response has.
    process.send?.({ type: 'idle', requestId });
    keepCompiled();
  }
}

let isCompiledKept = false;
/**
 * Node would write its compile cache at exit, but functions are killed. After the first request, its whole code path is
 * compiled.
 */
function keepCompiled() {
  if (!isCompiledKept) flushCompileCache();
  isCompiledKept = true;
}

// The process ends with its parent. Where it is in an endless loop, the process guard ends it.
process.on('disconnect', () => process.exit(0));

try {
  const [file = '', exportName = ''] = (environment._HANDLER ?? '').split('.');
  const load = createRequire(path.join(environment.LAMBDA_TASK_ROOT ?? '', 'noop.js'));
  const extension = ['.js', '.cjs', '.mjs'].find((candidate) => {
    try {
      return load.resolve(`./${file}${candidate}`);
    } catch {
      return undefined;
    }
  });
  if (!extension) throw new Error(`Cannot find module ${file} in ${environment.LAMBDA_TASK_ROOT}`);
  const handler = load(`./${file}${extension}`)[exportName];
  if (typeof handler !== 'function') throw new Error(`${environment._HANDLER} is not a function`);
  // The stack keeps its connection as long as the process lives.
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) =>
    invoke(handler, request, response),
  );
  server.listen(socketPath, () => process.send?.({ type: 'ready' }));
} catch (error) {
  console.error(error);
  process.send?.({ type: 'failed', error: describeError(error) }, () => process.exit(1));
}
