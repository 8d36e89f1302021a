import type { ServerResponse } from 'node:http';

/**
 * Runs `lose` when the answer begins, which is after the effect of the call, and cuts the connection before its first
 * byte: the caller never learns what has happened.
 */
export function loseAnswer(response: ServerResponse, lose: () => void = () => undefined) {
  const writeHead = response.writeHead.bind(response) as (...head: unknown[]) => ServerResponse;
  response.writeHead = (...head: unknown[]) => {
    response.writeHead = writeHead;
    lose();
    response.socket?.destroy();
    return writeHead(...head);
  };
}

/** Cuts the connection in the middle of the answer's body, whose length has been told. */
export function truncateBody(response: ServerResponse) {
  const write = response.write.bind(response);
  let sent = 0;
  response.write = (chunk: Buffer) => {
    const left = Math.floor(Number(response.getHeader('content-length')) / 2) - sent;
    sent += chunk.length;
    if (chunk.length < left) return write(chunk);
    response.write = () => true;
    write(chunk.subarray(0, Math.max(0, left)), () => response.socket?.destroy());
    return true;
  };
}
