// Bundled by the test of slim clients: prints what becomes of errors of Cognito, and of which classes they are.
import {
  AdminGetUserCommand,
  AliasExistsException,
  CognitoIdentityProviderClient,
  LimitExceededException,
  UserNotFoundException,
  UsernameExistsException,
} from '@aws-sdk/client-cognito-identity-provider';
import { HttpResponse } from '@smithy/core/protocols';

const KINDS = {
  AliasExistsException,
  LimitExceededException,
  UserNotFoundException,
  UsernameExistsException,
};
const NAMES = [...Object.keys(KINDS), 'TooManyRequestsException', 'InvalidParameterException', 'Unheard'];

let answer = '';
const client = new CognitoIdentityProviderClient({
  requestHandler: {
    handle: async () => ({
      response: new HttpResponse({ statusCode: 400, body: Buffer.from(answer), headers: {} }),
    }),
  },
  maxAttempts: 1,
});

async function errorOf(__type: string): Promise<object> {
  answer = JSON.stringify({ __type, message: 'no' });
  try {
    return await client.send(new AdminGetUserCommand({ UserPoolId: 'eu-central-1_1', Username: 'doctor' }));
  } catch (error) {
    const { name, message, $fault, $retryable } = error as Record<string, unknown>;
    const kinds = Object.entries(KINDS).flatMap(([kind, Kind]) => (error instanceof Kind ? [kind] : []));
    return { name, message, $fault, $retryable, kinds };
  }
}

async function report() {
  const errors: object[] = [];
  for (const name of NAMES) errors.push(await errorOf(name));
  console.log(JSON.stringify(errors));
}

void report();
