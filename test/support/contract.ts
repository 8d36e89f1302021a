import { STATUS_CODES } from 'node:http';
import { expect } from 'vitest';
import type { Client } from './service.ts';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/**
 * A matcher for values that have every field of a documented example with the same type: among strings, a UTC timestamp
 * or a URL stays one. For `toMatchObject`, so that further fields are allowed.
 */
export function shapeOf(example: unknown): unknown {
  if (Array.isArray(example)) return example.map(shapeOf);
  if (typeof example === 'object' && example !== null) {
    return Object.fromEntries(Object.entries(example).map(([name, value]) => [name, shapeOf(value)]));
  }
  if (typeof example === 'number') return expect.any(Number);
  if (typeof example === 'boolean') return expect.any(Boolean);
  if (TIME.test(`${example}`)) return expect.stringMatching(TIME);
  return /^https?:/.test(`${example}`) ? expect.stringMatching(/^https?:\/\/\S+$/) : expect.any(String);
}

export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The headers of a response, by their names in lower case. */
export const headersOf = ({ headers }: Response) => Object.fromEntries(headers);

/** Sends the request and expects an error response in the common format. Returns it. */
export async function refused(
  client: Client,
  status: number,
  ...[method, path, body]: [string, string, unknown?]
): Promise<{ statusCode: number; message: string; error: string; details: string[] }> {
  const response = await client.send(method, path, body);
  const error = JSON.parse(await response.text());
  expect(response.status, JSON.stringify(error)).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('x-request-id')).toBeTruthy();
  expect(error).toEqual({
    statusCode: status,
    message: expect.any(String),
    error: STATUS_CODES[status],
    details: expect.any(Array),
  });
  for (const detail of error.details) expect(detail).toEqual(expect.any(String));
  return error;
}

/** The bytes of a response. */
export const bytesOf = async (response: Response): Promise<Buffer> =>
  Buffer.from(await response.arrayBuffer());
