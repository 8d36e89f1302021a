type Answer = { id: string; crc32: string } | { id: string; failure: string };

let worker: Worker | undefined;
const waiting = new Map<string, (answer: Answer) => void>();

/** The file's CRC-32, computed beside the page, which stays quick meanwhile. */
export async function checksumOf(id: string, file: Blob): Promise<string> {
  if (!worker) {
    worker = new Worker(new URL('./crc-worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      waiting.get(data.id)?.(data);
      waiting.delete(data.id);
    };
  }
  const answer = await new Promise<Answer>((resolve) => {
    waiting.set(id, resolve);
    worker?.postMessage({ id, file });
  });
  if ('failure' in answer) throw new Error(answer.failure);
  return answer.crc32;
}
