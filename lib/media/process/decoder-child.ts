import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** The messages of a decoder to its parent: first that it is ready, then the properties of the picture, or a refusal. */
export type DecoderMessage<Picture, Refusal> = 'ready' | { picture: Picture } | { refused: Refusal };

/** A file for a decoder. */
export interface DecoderJob<Job> {
  job: Job;
  /** The process ends itself by SIGXCPU when it has used more. */
  cpuSeconds: number;
}

/** The file descriptor of the pipe for the pixels, which are too many for a message. */
export const PIXELS_FD = 4;

/** What a decoder returns: the properties of a picture and its pixels, or why there is none. */
export type DecoderAnswer<Picture, Refusal> = { picture: Picture; pixels: Uint8Array } | { refused: Refusal };

/**
 * Runs a decoder in this child process: receives one file from the parent, returns the result and ends.
 */
export function serveParent<Job, Picture, Refusal>(
  decode: (job: Job) => DecoderAnswer<Picture, Refusal>,
): void {
  const tell = (message: DecoderMessage<Picture, Refusal>, then?: () => void) =>
    process.send?.(message, undefined, undefined, then);
  const end = () => process.exit();
  process.once('message', async ({ job, cpuSeconds }: DecoderJob<Job>) => {
    await limitCpuTime(cpuSeconds);
    const answer = decode(job);
    if ('refused' in answer) tell(answer, end);
    else {
      for (let at = 0; at < answer.pixels.length; ) at += writeSync(PIXELS_FD, answer.pixels, at);
      tell({ picture: answer.picture }, end);
    }
  });
  process.once('disconnect', end);
  tell('ready');
}

/**
 * Limits the CPU time of this process, as `ulimit -t` does, for which Node has no function. The decoder blocks this
 * thread, so another one watches, from before the decoder begins.
 */
async function limitCpuTime(seconds: number): Promise<void> {
  const watch = `setInterval(() => {
    const { user, system } = process.cpuUsage();
    if (user + system > ${seconds * 1e6}) process.kill(process.pid, 'SIGXCPU');
  }, 50)`;
  await once(new Worker(watch, { eval: true }), 'online');
}
