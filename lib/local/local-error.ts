import { randomUUID } from 'node:crypto';
import { type ServerResponse, STATUS_CODES } from 'node:http';

/** Answers with the API's own error shape, where the local server itself is the one that refuses. */
export function sendLocalError(
  response: ServerResponse,
  statusCode: number,
  message: string,
  details: string[] = [],
) {
  response.writeHead(statusCode, { 'content-type': 'application/json', 'x-request-id': randomUUID() });
  response.end(JSON.stringify({ statusCode, message, error: STATUS_CODES[statusCode], details }));
}
