// Bundled by the test of slim clients: prints the endpoint of each client that functions use, in some regions.
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';

const CLIENTS = {
  ApiGatewayManagementApiClient,
  CognitoIdentityProviderClient,
  DynamoDBClient,
  S3Client,
  SecretsManagerClient,
  SQSClient,
};

interface Resolving {
  config: { endpointProvider: (parameters: object) => { url: URL; properties: object } };
}

const endpoints = Object.entries(CLIENTS).flatMap(([name, Client]) =>
  ['eu-central-1', 'us-east-1', 'cn-north-1', 'us-gov-west-1'].map((Region) => {
    const { config } = new Client({ region: Region }) as unknown as Resolving;
    const { url, properties } = config.endpointProvider({ Region, Bucket: 'images' });
    return { name, Region, url: url.href, properties };
  }),
);
console.log(JSON.stringify(endpoints));
