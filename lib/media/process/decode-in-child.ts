import { fork } from 'node:child_process';
import type { Readable } from 'node:stream';
import { type DecoderJob, type DecoderMessage, PIXELS_FD } from './decoder-child.ts';

/** The limits of a decoder that runs in a process of its own. */
export interface DecoderLimits {
  /** From when the process is ready. */
  milliseconds: number;
  /** CPU time of the process. Unlike the time above, it does not grow on a busy machine. */
  cpuSeconds: number;
  /** Memory of its WebAssembly. */
  memoryMb: number;
}

/** A decoder that exceeded a limit, or crashed: the file caused it. */
export class DecoderFailure extends Error {
  override readonly name = 'DecoderFailure';
  readonly why: 'late' | 'cpu' | 'memory' | 'crash';

  constructor(why: DecoderFailure['why'], message: string) {
    super(message);
    this.why = why;
  }
}

/** The process could not be started, or ended before it had the file. The file did not cause it, and a later attempt may succeed. */
export class DecoderNotStarted extends Error {
  override readonly name = 'DecoderNotStarted';
}

/** How long the process may take to start. Usually it takes a tenth of a second. */
const startMilliseconds = 15_000;

/** The messages of Emscripten when memory can't grow. Some programs then stop at an `unreachable`, as after other errors. */
const outOfMemory = /Unable to grow instance memory|Cannot enlarge memory|\bOOM\b|std::bad_alloc/;

/**
 * Decodes a file in a process of its own, so that a malicious file can't affect the next one.
 *
 * @param script a module that calls `serveParent`
 * @throws DecoderFailure if the file exceeds a limit or crashes the process; DecoderNotStarted
 */
export function decodeInChild<Job, Picture, Refusal>(
  script: string,
  job: Job,
  { milliseconds, cpuSeconds, memoryMb }: DecoderLimits,
): Promise<{ picture: Picture; pixels: Buffer } | { refused: Refusal }> {
  return new Promise((resolve, reject) => {
    const { LD_LIBRARY_PATH, NODE_PATH } = process.env;
    const child = fork(script, {
      // No credentials of the function: the process needs only the file, Lambda's node its libraries, and packages of layers.
      env: { LD_LIBRARY_PATH, NODE_PATH },
      execArgv: [`--wasm-max-mem-pages=${memoryMb * 16}`, '--max-old-space-size=128'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc', 'pipe'],
    });
    let isReady = false;
    let complaint = '';
    let answer: Exclude<DecoderMessage<Picture, Refusal>, 'ready'> | undefined;
    const pixels: Buffer[] = [];
    const settle = (act: () => void) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      act();
    };
    const fail = (why: DecoderFailure['why'], message: string) =>
      settle(() => reject(isReady ? new DecoderFailure(why, message) : new DecoderNotStarted(message)));
    const late = () => fail('late', `the process is late, ${isReady ? 'drawing' : 'starting'}`);
    let timer = setTimeout(late, startMilliseconds);
    child.stderr?.on('data', (chunk) => {
      if (complaint.length < 10_000) complaint += chunk;
    });
    const output = child.stdio[PIXELS_FD] as Readable;
    output.on('data', (chunk: Buffer) => pixels.push(chunk));
    child.on('error', ({ message }) => fail('crash', message));
    // Not 'exit': its last output may still arrive after that.
    child.on('close', (code, signal) => {
      const found = answer;
      const ended = `the process ended: ${signal ?? code}\n${complaint}`;
      if (found && 'refused' in found) settle(() => resolve(found));
      else if (found) settle(() => resolve({ ...found, pixels: Buffer.concat(pixels) }));
      else if (signal === 'SIGXCPU') fail('cpu', ended);
      else fail(outOfMemory.test(complaint) ? 'memory' : 'crash', ended);
    });
    child.on('message', (message: DecoderMessage<Picture, Refusal>) => {
      clearTimeout(timer);
      if (message !== 'ready') {
        answer = message;
        // The process has written all pixels before its answer. They can be read from the pipe after its end.
        child.kill('SIGKILL');
      } else {
        isReady = true;
        timer = setTimeout(late, milliseconds);
        child.send({ job, cpuSeconds } satisfies DecoderJob<Job>);
      }
    });
  });
}
