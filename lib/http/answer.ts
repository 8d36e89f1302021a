import { STATUS_CODES } from 'node:http';
import type { Readable } from 'node:stream';
import { Logger } from '@aws-lambda-powertools/logger';
import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { DEFAULT_HEADERS } from '../api/default-headers.ts';
import { errorsOf, type Operation } from '../api/operation.ts';
import type { Taken } from '../data/allowances.ts';
import { DomainError, ERROR_STATUS } from '../domain/errors.ts';
import { crossOriginHeaders } from './cross-origin.ts';
import { lowerCaseNames } from './request.ts';

/** What API Gateway gets back. */
export interface Answer {
  statusCode: number;
  headers: Record<string, string>;
  body: string | Readable;
}

export const logger = new Logger();

/** A JSON answer. */
export const json = (statusCode: number, value: unknown, headers: Record<string, string> = {}): Answer => ({
  statusCode,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});

/** What middlewares keep of a request while it is handled. */
interface Internal extends Record<string, unknown> {
  started?: number;
  auditId?: string;
  /** Of the caller's allowances. */
  taken?: Taken & { subject: string };
  /** They go with the answer, whatever it is. */
  headers?: Record<string, string>;
}

export type Middleware = MiddlewareObj<APIGatewayProxyEvent, Answer, Error, Context, Internal>;
type Exchange = Parameters<NonNullable<Middleware['before']>>[0];

/**
 * Gives every answer the headers that all have, turns errors into the one error shape, and writes a line
 * of log for each request.
 */
export function answering(operation: Operation): Middleware {
  const expected = errorsOf(operation);
  const finish = ({ event, internal }: Exchange, answer: Answer): Answer => {
    const { requestId } = event.requestContext;
    const { statusCode } = answer;
    logger.info('request', {
      operation: operation.id,
      requestId,
      statusCode,
      ms: Date.now() - Number(internal.started),
    });
    const headers = {
      ...DEFAULT_HEADERS,
      'x-request-id': requestId,
      ...(operation.crossOrigin && crossOriginHeaders(lowerCaseNames(event.headers).origin)),
      ...internal.headers,
      ...answer.headers,
    };
    return { ...answer, headers };
  };
  return {
    before: ({ internal }) => {
      internal.started = Date.now();
    },
    after: (request) => {
      request.response = finish(request, request.response as Answer);
    },
    onError: (request) => {
      const error = asDomainError(request.error, expected);
      if (error.code === 'INTERNAL_SERVER_ERROR')
        logger.error('failed', { operation: operation.id, error: request.error });
      request.response = finish(request, errorAnswer(error));
    },
  };
}

/** What we did not foresee, or did not declare, is our own fault, and its text is for the log only. */
function asDomainError(error: unknown, expected: readonly string[]): DomainError {
  if (error instanceof DomainError && expected.includes(error.code)) return error;
  return new DomainError(
    'INTERNAL_SERVER_ERROR',
    'Something went wrong on our side; nothing of the request is known to be done.',
    { cause: error },
  );
}

function errorAnswer({ code, message, details, headers }: DomainError): Answer {
  const statusCode = ERROR_STATUS[code];
  return json(statusCode, { statusCode, message, error: STATUS_CODES[statusCode], details }, headers);
}
