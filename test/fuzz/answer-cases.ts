import { inspect } from 'node:util';

/** The messages to the parent process: first that this process is ready, then the result of each case. */
export type CaseMessage = 'ready' | { accepted: string } | { refused: string } | { failed: string };

/** A process with sharp loaded has 100 MB. */
const RESTING_BYTES = 150 * 1024 * 1024;

/**
 * Answers the cases that the parent process sends, one after the other, until it disconnects.
 *
 * @param run what is done to the bytes; it returns the answer to a file that is accepted or refused, and throws for any
 * other failure
 */
export function answerCases(run: (bytes: Uint8Array) => Promise<CaseMessage>): void {
  process.on('message', async (bytes: Uint8Array) => {
    const message = await run(bytes).catch((error) => ({ failed: inspect(error) }));
    // What a case leaves behind does not count against the next one.
    if (process.memoryUsage.rss() > RESTING_BYTES) globalThis.gc?.();
    process.send?.(message);
  });
  process.once('disconnect', () => process.exit());
  process.send?.('ready');
}
