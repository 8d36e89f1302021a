import { addAbortSignal, Readable } from 'node:stream';

/** Writes the audit event of a stream. */
export interface StreamEvent {
  /** Before the first byte of a stream of several chunks. If it fails, nothing is sent. */
  open: () => Promise<void>;
  /** Before the last chunk, or when the stream is interrupted. */
  end: (aborted: boolean) => Promise<void>;
}

/**
 * The stream, with an audit event that is opened before its first byte and ended before its last chunk. Of a stream of one
 * chunk, the event is written once, before it. The event also ends when the reader disconnects, and when the function is
 * about to time out.
 *
 * @param stop aborts the stream before the function times out, so that a slow reader can't avoid the end of the event
 */
export async function auditedStream(
  body: Readable,
  event: StreamEvent,
  stop: AbortSignal,
): Promise<Readable> {
  try {
    const chunks = addAbortSignal(stop, body)[Symbol.asyncIterator]();
    const first = await chunks.next();
    const second = first.done ? first : await chunks.next();
    if (second.done) {
      await event.end(false);
      return Readable.from(first.done ? [] : [first.value], { objectMode: false });
    }
    await event.open();
    const parts = withholdLast(body, chunks, [first.value, second.value], event);
    // Start the generator: a generator that never started skips its `finally` block, and the event would not end.
    void parts.next();
    return addAbortSignal(stop, Readable.from(parts, { objectMode: false }));
  } catch (error) {
    body.destroy();
    throw error;
  }
}

async function* withholdLast(
  body: Readable,
  chunks: AsyncIterator<Uint8Array>,
  [first, second]: [Uint8Array, Uint8Array],
  { end }: StreamEvent,
) {
  let isEnded = false;
  let held = second;
  try {
    yield;
    yield first;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
      yield held;
      held = next.value;
    }
    isEnded = true;
    await end(false);
    yield held;
  } finally {
    body.destroy();
    if (!isEnded) await end(true);
  }
}
