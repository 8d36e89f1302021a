import type { Checksum } from './crc-worker.ts';

/** Undefined if the worker could not be loaded, or has crashed. */
type Answer = Checksum | undefined;

/** The wait between two attempts to load the worker, whose script comes through the network. */
const RELOAD_MS = 2000;

let worker: Worker | undefined;
const waiting = new Map<string, (answer: Answer) => void>();

/** Computes the file's CRC-32 in a worker, so that the page stays responsive. Undefined if the file can't be read. */
export async function checksumOf(id: string, file: Blob): Promise<string | undefined> {
  for (;;) {
    const answer = await ask(id, file);
    if (answer) return answer.crc32;
    await new Promise((resolve) => setTimeout(resolve, RELOAD_MS));
  }
}

function ask(id: string, file: Blob): Promise<Answer> {
  worker ??= start();
  const asked = worker;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    asked.postMessage({ id, file });
  });
}

function start(): Worker {
  const started = new Worker(new URL('./crc-worker.ts', import.meta.url), { type: 'module' });
  started.onmessage = ({ data }: MessageEvent<Checksum>) => {
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  };
  started.onerror = () => {
    started.terminate();
    worker = undefined;
    for (const answer of waiting.values()) answer(undefined);
    waiting.clear();
  };
  return started;
}
