import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { RejectedImage } from '../../rejected-image.ts';
import type { CodecMessage } from './codec-process.ts';
import type { CodecJob } from './native-codecs.ts';

/** The limits of decoding one frame. */
export interface CodecLimits {
  /** Default 15 s; an ordinary frame takes a thousandth of it. */
  milliseconds: number;
  /** Default 1,024 MiB, of which the decoders reserve 256. It is set when a process starts. */
  memoryMb: number;
}

const defaultLimits: CodecLimits = { milliseconds: 15_000, memoryMb: 1024 };

/** The maximum start time of the process, which usually takes 0.2 s. */
const startMilliseconds = 15_000;

/** The process's script: see `decode-pdf.ts`. In a bundle, `dcmjs-native-codecs.wasm` must be beside it. */
const script = join(
  import.meta.dirname,
  `codec-process.${import.meta.filename.endsWith('.ts') ? 'ts' : 'mjs'}`,
);

/** The process is kept for the next frame, which then takes a millisecond and no start time. */
let kept: { child: ChildProcess; memoryMb: number } | undefined;

let last: Promise<unknown> = Promise.resolve();

/**
 * Decodes one frame in a separate process. Frames must be decoded one after the other: there is one process, and a
 * Lambda handles one request at a time.
 *
 * @throws RejectedImage if the frame can't be decoded, or takes too much time or memory
 */
export function decodeInProcess(job: CodecJob, limits: Partial<CodecLimits> = {}): Promise<Uint8Array> {
  const result = last.then(() => decodeNext(job, { ...defaultLimits, ...limits }));
  last = result.catch(() => {});
  return result;
}

async function decodeNext(job: CodecJob, { milliseconds, memoryMb }: CodecLimits): Promise<Uint8Array> {
  if (kept && (kept.memoryMb !== memoryMb || !kept.child.connected)) stop();
  kept ??= { child: await start(memoryMb), memoryMb };
  const answer = await ask(kept.child, milliseconds, (child) => child.send(job)).catch((cause: unknown) => {
    stop();
    const why =
      cause instanceof CodecTimeout
        ? `takes longer than the ${milliseconds / 1000} seconds allowed`
        : 'is damaged';
    throw new RejectedImage(`The image in this DICOM file ${why}; it can’t be decoded.`, { cause });
  });
  if (typeof answer === 'object' && 'decoded' in answer) return answer.decoded;
  const cause = new Error(typeof answer === 'object' ? answer.failed : answer);
  throw new RejectedImage('The image in this DICOM file is damaged, or too large: it can’t be decoded.', {
    cause,
  });
}

/** Starts a process and waits until it is ready. An error before that is internal, not the file's. */
async function start(memoryMb: number): Promise<ChildProcess> {
  const child = fork(script, {
    // Without the function's credentials: the process needs only the frame, and Lambda's node needs its libraries.
    env: { LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH },
    execArgv: [`--wasm-max-mem-pages=${memoryMb * 16}`, '--max-old-space-size=256'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  // An idle process must not keep its parent alive. While it decodes, the deadline's timer does.
  child.unref();
  child.channel?.unref();
  // A message to a process that has just ended causes this error, too; its end is handled below.
  child.on('error', () => {});
  await ask(child, startMilliseconds, () => {}).catch((error: unknown) => {
    child.kill('SIGKILL');
    throw error;
  });
  return child;
}

function stop(): void {
  kept?.child.kill('SIGKILL');
  kept = undefined;
}

class CodecTimeout extends Error {}

/** Waits for the next message of a process. */
function ask(
  child: ChildProcess,
  milliseconds: number,
  act: (child: ChildProcess) => void,
): Promise<CodecMessage> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      child.off('message', answered).off('error', reject).off('close', closed);
      finish();
    };
    const answered = (message: CodecMessage) => settle(() => resolve(message));
    // Not 'exit': its last message may not have arrived by then.
    const closed = (code: number | null, signal: string | null) =>
      settle(() => reject(new Error(`the process ended: ${signal ?? code}`)));
    const timer = setTimeout(
      () => settle(() => reject(new CodecTimeout('the process is late'))),
      milliseconds,
    );
    child.on('message', answered).on('error', reject).on('close', closed);
    act(child);
  });
}
