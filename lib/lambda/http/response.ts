import type { Readable } from 'node:stream';
import { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import type { AcquiredSlots } from '../../data/rate-limits.ts';

/** What API Gateway gets back. */
export interface HttpResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: string | Readable;
}

export const logger = new Logger();

/** A JSON answer. */
export const json = (
  statusCode: number,
  value: unknown,
  headers: Record<string, string> = {},
): HttpResponse => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});

/** What middlewares keep of a request while it is handled. */
interface Internal extends Record<string, unknown> {
  started?: number;
  auditId?: string;
  /** Of the caller's allowances. */
  acquired?: AcquiredSlots & { subject: string };
  /** They go with the answer, whatever it is. */
  headers?: Record<string, string>;
}

export type Middleware = MiddlewareObj<APIGatewayProxyEvent, HttpResponse, Error, Context, Internal>;
