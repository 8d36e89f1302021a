import { Readable } from 'node:stream';
import type { HttpResponse, Middleware } from '../http/response.ts';

/** Answers HEAD with the status and the headers that GET has, and without the body (RFC 9110, 9.3.2). */
export const headMiddleware: Middleware = {
  after: ({ event, response }) => removeBody(event.httpMethod, response),
  onError: ({ event, response }) => removeBody(event.httpMethod, response),
};

function removeBody(method: string, response: HttpResponse | null | undefined) {
  if (method !== 'HEAD' || !response) return;
  const { body } = response;
  if (body instanceof Readable) body.destroy();
  else response.headers = { 'content-length': String(Buffer.byteLength(body)), ...response.headers };
  response.body = '';
}
