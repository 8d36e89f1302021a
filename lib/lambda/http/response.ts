import type { Readable } from 'node:stream';
import { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import type { AcquiredSlots } from '../../data/rate-limits.ts';

/** The response to API Gateway. */
export interface HttpResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: string | Readable;
}

export const logger = new Logger();

/** A JSON response. */
export const json = (
  statusCode: number,
  value: unknown,
  headers: Record<string, string> = {},
): HttpResponse => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});

/** The state of a request that middlewares share. */
interface Internal extends Record<string, unknown> {
  started?: number;
  /** The slots that the request acquired from the caller's rate limits. */
  acquired?: AcquiredSlots & { subject: string };
  /** Headers that are added to every response, also to an error. */
  headers?: Record<string, string>;
}

export type Middleware = MiddlewareObj<APIGatewayProxyEvent, HttpResponse, Error, Context, Internal>;
