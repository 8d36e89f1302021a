import { addAbortSignal, Readable } from 'node:stream';

/**
 * The stream, whose last part goes out only when it is written down, and which is written down however it ends: also
 * when nobody reads it any more, and when the function that gives it is about to be stopped.
 *
 * @param stop when it is to break off: who reads as slowly as they can must not read unseen
 */
export function recorded(
  body: Readable,
  write: (aborted: boolean) => Promise<void>,
  stop: AbortSignal,
): Readable {
  const parts = holdingBack(body, write);
  // Begun, or it would end without a trace where it ends before it is read.
  void parts.next();
  return addAbortSignal(stop, Readable.from(parts, { objectMode: false }));
}

async function* holdingBack(body: Readable, write: (aborted: boolean) => Promise<void>) {
  let isWritten = false;
  try {
    yield;
    let held: Uint8Array | undefined;
    for await (const part of body) {
      if (held) yield held;
      held = part;
    }
    isWritten = true;
    await write(false);
    if (held) yield held;
  } finally {
    body.destroy();
    if (!isWritten) await write(true);
  }
}
