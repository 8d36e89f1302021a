import type { LocalStack } from './local-stack.ts';
import { region } from './template.ts';

/**
 * The environment in which the AWS command line and our own tools have all permissions in a running stack: endpoints,
 * credentials, and the names of tables, buckets and queues.
 */
export function adminEnvironment(stack: LocalStack): Record<string, string> {
  // This function uses all of them.
  const found = stack.functions.find(({ definition }) => definition.id === 'reconcile');
  return {
    ...found?.definition.environment,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: stack.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: stack.credentials.secretAccessKey,
    AWS_ENDPOINT_URL_S3: stack.s3Endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: stack.dynamoDbEndpoint,
    AWS_ENDPOINT_URL_SQS: `${stack.url}/local/sqs`,
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: `${stack.url}/local/cognito`,
    // A busy laptop takes longer than AWS.
    DYNAMODB_TIMEOUT_MS: '8000',
  };
}
