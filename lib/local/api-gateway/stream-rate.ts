import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** A streamed response is not slowed down before so many bytes (API Gateway developer guide, "Stream the integration response"). */
const FREE_BYTES = 10 * 1024 * 1024;
const BYTES_PER_SECOND = 2 * 1024 * 1024;

/** Passes bytes on as fast as API Gateway does: after the first 10 MB, 2 MB a second. */
export function streamRate(): Transform {
  let bytes = 0;
  let slowSince = 0;
  return new Transform({
    async transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > FREE_BYTES) {
        slowSince ||= performance.now();
        const dueAt = slowSince + ((bytes - FREE_BYTES) / BYTES_PER_SECOND) * 1000;
        await sleep(Math.max(0, dueAt - performance.now()));
      }
      done(null, chunk);
    },
  });
}
