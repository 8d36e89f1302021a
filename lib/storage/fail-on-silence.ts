import type { ClientRequest, IncomingMessage } from 'node:http';

/**
 * Fails a request, or the response that it is getting, when nothing comes for so long: neither a connection nor a byte.
 *
 * Not by the request's own time-out, which it tells once, and also when it is the reader of the response that is slow.
 *
 * @param what of the error's message, such as `S3`; its code is `ETIMEDOUT`
 */
export function failOnSilence(request: ClientRequest, milliseconds: number, what: string): void {
  let response: IncomingMessage | undefined;
  let wasUnread = false;
  request.on('response', (answer) => {
    response = answer;
  });
  request.on('socket', (socket) => {
    const onTimeout = () => {
      const { bytesRead, connecting } = socket;
      // What came while this process was busy is read before that, and ends the silence.
      setImmediate(() => {
        if (response?.complete || socket.bytesRead > bytesRead || socket.connecting !== connecting) return;
        // Where bytes lie here that nobody takes, or lay here at the last look, nobody has been waited for so long.
        const isUnread = (response?.readableLength ?? 0) > 0;
        if (isUnread || wasUnread) {
          wasUnread = isUnread;
          socket.setTimeout(milliseconds);
          return;
        }
        const silence = new Error(`${what} was silent for ${milliseconds / 1000} s`);
        (response ?? request).destroy(Object.assign(silence, { code: 'ETIMEDOUT' }));
      });
    };
    socket.setTimeout(milliseconds).on('timeout', onTimeout);
    request.on('close', () => socket.off('timeout', onTimeout));
  });
}
