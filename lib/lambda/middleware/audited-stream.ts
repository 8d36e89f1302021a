import { addAbortSignal, Readable } from 'node:stream';

/**
 * The stream, with an audit event that is written before its last chunk is sent. The event is also written when the reader
 * disconnects, and when the function is about to time out.
 *
 * @param stop aborts the stream before the function times out, so that a slow reader can't avoid the audit event
 */
export function auditedStream(
  body: Readable,
  write: (aborted: boolean) => Promise<void>,
  stop: AbortSignal,
): Readable {
  const parts = withholdLastPart(body, write);
  // Start the generator: a generator that never started skips its `finally` block, and the event would be missing.
  void parts.next();
  return addAbortSignal(stop, Readable.from(parts, { objectMode: false }));
}

async function* withholdLastPart(body: Readable, write: (aborted: boolean) => Promise<void>) {
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
