import type { IncomingMessage } from 'node:http';

/** Reads the body of a request or response; `undefined` as soon as it is longer than `maxBytes`. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return refuse(request);
  // Not `for await`: leaving it early destroys the socket, and the client would never read the 413.
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        request.removeAllListeners('data');
        resolve(refuse(request));
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

/** Discards the rest of a refused body, so that the client reads the response. */
function refuse(request: IncomingMessage): undefined {
  request.resume();
  return undefined;
}
