import { build } from 'esbuild';

const HANDLER = `
  import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
  import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
  const client = DynamoDBDocumentClient.from(new DynamoDBClient());
  export const handler = (Key) => client.send(new GetCommand({ TableName: process.env.TABLE_NAME, Key }));`;

/** Bundles a handler that only gets an item, with the SDK as it is, by esbuild's options that are the same for our functions. */
export const bundleBareSdk = (outfile: string) =>
  build({
    stdin: { contents: HANDLER, resolveDir: import.meta.dirname },
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
  });
