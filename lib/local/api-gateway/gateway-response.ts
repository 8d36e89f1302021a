import type { ServerResponse } from 'node:http';
import type { GatewayResponse } from './api-definition.ts';

/** API Gateway's own responses that occur here, with AWS's status and message. */
const builtIn = {
  MISSING_AUTHENTICATION_TOKEN: [403, 'Missing Authentication Token'],
  UNAUTHORIZED: [401, 'Unauthorized'],
  ACCESS_DENIED: [403, 'User is not authorized to access this resource'],
  INVALID_API_KEY: [403, 'Forbidden'],
  AUTHORIZER_FAILURE: [500, 'Internal server error'],
  AUTHORIZER_CONFIGURATION_ERROR: [500, 'Internal server error'],
  REQUEST_TOO_LARGE: [413, 'Request Too Long'],
  THROTTLED: [429, 'Too Many Requests'],
  INTEGRATION_FAILURE: [502, 'Internal server error'],
  INTEGRATION_TIMEOUT: [504, 'Endpoint request timed out'],
  BAD_REQUEST_PARAMETERS: [400, 'Bad Request'],
} as const;

export type GatewayResponseType = keyof typeof builtIn;

/** The responses that the gateway sends itself, with the texts of the document. */
export class GatewayResponses {
  readonly #declared: Record<string, GatewayResponse>;

  constructor(declared: Record<string, GatewayResponse>) {
    this.#declared = declared;
  }

  send(response: ServerResponse, type: GatewayResponseType, context: Record<string, string>) {
    if (response.headersSent) {
      // The status is already sent: only a broken connection can signal that the body is incomplete.
      response.destroy();
      return;
    }
    const [statusCode, message] = builtIn[type];
    const declared = this.#declared[type] ?? this.#declared[statusCode < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX'];
    const values: Record<string, string> = {
      ...context,
      'error.message': message,
      'error.messageString': JSON.stringify(message),
      'error.responseType': type,
      'error.validationErrorString': '',
    };
    const [contentType, text] = Object.entries(declared?.responseTemplates ?? {})[0] ?? [
      'application/json',
      '{"message":$context.error.messageString}',
    ];
    const body = text.replaceAll(/\$context\.([A-Za-z.]+)/g, (_match, name: string) => values[name] ?? '');
    response.setHeader('x-amzn-requestid', values.requestId ?? '');
    response.setHeader('x-amzn-errortype', type);
    response.setHeader('content-type', contentType);
    response.setHeader('content-length', Buffer.byteLength(body));
    for (const [parameter, value] of Object.entries(declared?.responseParameters ?? {})) {
      const name = parameter.replace('gatewayresponse.header.', '');
      response.setHeader(
        name,
        value.startsWith('context.') ? (values[value.slice(8)] ?? '') : value.replaceAll(/^'|'$/g, ''),
      );
    }
    response.writeHead(declared?.statusCode ?? statusCode).end(body);
  }
}
