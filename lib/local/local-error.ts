import { randomUUID } from 'node:crypto';
import { type ServerResponse, STATUS_CODES } from 'node:http';

/** Sends an error response in the API's format, if the local server itself refuses a request. */
export function sendLocalError(
  response: ServerResponse,
  statusCode: number,
  message: string,
  details: string[] = [],
) {
  response.writeHead(statusCode, { 'content-type': 'application/json', 'x-request-id': randomUUID() });
  response.end(JSON.stringify({ statusCode, message, error: STATUS_CODES[statusCode], details }));
}
