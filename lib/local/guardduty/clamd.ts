import { connect } from 'node:net';
import type { Readable } from 'node:stream';

/** `TCPSocket` of clamd as `host:port`, or the path of its `LocalSocket`. */
export type ClamdAddress = string;

/** Longer than ClamAV scans one file (clamd.conf, `MaxScanTime`: 120 s). */
const SILENCE_MS = 150_000;

/**
 * Has ClamAV scan some bytes (clamd manual page, "INSTREAM": chunks, each after its length as four bytes in network order, up to
 * an empty one). Returns its reply, such as `stream: OK` or `stream: Eicar-Test-Signature FOUND`.
 *
 * @throws Error if clamd can't be reached, or does not reply
 */
export async function scanStream(
  address: ClamdAddress,
  bytes: Readable,
  signal: AbortSignal,
): Promise<string> {
  const [, host = '', port] = /^([^/]+):(\d+)$/.exec(address) ?? [];
  const socket = port === undefined ? connect({ path: address }) : connect({ host, port: Number(port) });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  // It may fail while bytes are still being sent.
  promise.catch(() => undefined);
  let reply = '';
  const end = (error: Error) => (reply.includes('\0') ? resolve(reply.replace(/\0.*$/s, '')) : reject(error));
  socket.setTimeout(SILENCE_MS, () => socket.destroy(new Error('clamd does not reply')));
  socket.on('data', (data) => {
    reply += data.toString('utf8');
    // A reply may come before all bytes are sent, if they exceed `StreamMaxLength`.
    if (reply.includes('\0')) socket.destroy();
  });
  socket.on('error', end).on('close', () => end(new Error('clamd closed the connection')));
  const abort = () => socket.destroy(new Error('the scan was aborted'));
  signal.addEventListener('abort', abort);
  try {
    socket.write('zINSTREAM\0');
    for await (const chunk of bytes) {
      if (socket.destroyed) break;
      const length = Buffer.alloc(4);
      length.writeUInt32BE(chunk.length);
      socket.write(length);
      if (!socket.write(chunk) && !socket.destroyed)
        await new Promise<void>((resume) => socket.once('drain', resume).once('close', resume));
    }
    if (!socket.destroyed) socket.write(Buffer.alloc(4));
    return await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    socket.destroy();
    bytes.destroy();
  }
}
