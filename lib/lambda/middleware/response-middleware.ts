import { STATUS_CODES } from 'node:http';
import { DEFAULT_HEADERS } from '../../api/default-headers.ts';
import { errorsOf, type Operation } from '../../api/operation.ts';
import { DomainError, ERROR_STATUS, type ErrorCode } from '../../domain/errors.ts';
import { crossOriginHeaders } from '../http/cors.ts';
import { lowerCaseNames } from '../http/request.ts';
import { type HttpResponse, json, logger, type Middleware } from '../http/response.ts';
import { isTransient } from '../is-transient.ts';

type Exchange = Parameters<NonNullable<Middleware['before']>>[0];

/**
 * Adds the common headers to every response, converts errors into the common error body, and logs one line for each
 * request.
 */
export function responseMiddleware(operation: Operation): Middleware {
  const expected = errorsOf(operation);
  const finish = ({ event, internal }: Exchange, answer: HttpResponse): HttpResponse => {
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
      request.response = finish(request, request.response as HttpResponse);
    },
    onError: (request) => {
      const error = asDomainError(request.error, expected);
      if (error.cause !== undefined && ERROR_STATUS[error.code] >= 500) {
        const { requestId } = request.event.requestContext;
        logger.error('failed', { operation: operation.id, requestId, error: request.error });
      }
      request.response = finish(request, errorResponse(error));
    },
  };
}

/**
 * An error of AWS that passes asks the client to try again. Any other unexpected or undeclared error becomes an internal
 * error. Their details are only logged.
 */
function asDomainError(error: unknown, expected: readonly ErrorCode[]): DomainError {
  if (error instanceof DomainError && expected.includes(error.code)) return error;
  if (isTransient(error) && expected.includes('SERVICE_UNAVAILABLE')) {
    return new DomainError(
      'SERVICE_UNAVAILABLE',
      'This can not be done at the moment; nothing of the request is known to be done. Please try again.',
      { headers: { 'retry-after': '5' }, cause: error },
    );
  }
  return new DomainError(
    'INTERNAL_SERVER_ERROR',
    'Something went wrong on our side; nothing of the request is known to be done.',
    { cause: error },
  );
}

function errorResponse({ code, message, details, headers }: DomainError): HttpResponse {
  const statusCode = ERROR_STATUS[code];
  return json(statusCode, { statusCode, message, error: STATUS_CODES[statusCode], details }, headers);
}
