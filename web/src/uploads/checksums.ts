import type { Checksum } from './crc-worker.ts';

/** None where the worker could not be loaded, or died. */
type Answer = Checksum | undefined;

/** Between two tries to load the worker, which comes by the network, too. */
const RELOAD_MS = 2000;

let worker: Worker | undefined;
const waiting = new Map<string, (answer: Answer) => void>();

/** The file's CRC-32, computed beside the page, which stays quick meanwhile; none where it cannot be read. */
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
