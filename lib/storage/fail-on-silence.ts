import type { ClientRequest, IncomingMessage } from 'node:http';

/**
 * Destroys a request, or its response, when the server is silent for too long: no connection, or no byte.
 *
 * Node's own request timeout is not enough: it fires once, and also if only the reader of the response is slow.
 *
 * @param what the subject of the error's message, such as `S3`; the error's code is `ETIMEDOUT`
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
      // First reads bytes that arrived while this process was busy: the server was not silent then.
      setImmediate(() => {
        if (response?.complete || socket.bytesRead > bytesRead || socket.connecting !== connecting) return;
        // If there are unread bytes, now or at the last timeout, the reader was slow, and not the server.
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
