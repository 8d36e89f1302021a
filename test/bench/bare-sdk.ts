import { build } from 'esbuild';
import { HANDLER_BUNDLES } from '../../bin/build.ts';

const HANDLER = `
  import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
  import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
  const client = DynamoDBDocumentClient.from(new DynamoDBClient());
  export const handler = (Key) => client.send(new GetCommand({ TableName: process.env.TABLE_NAME, Key }));`;

/** Bundles a handler that only gets an item as ours are bundled, but with all of the SDK. */
export function bundleBareSdk(outfile: string) {
  const { bundle, minify, platform, target, format, mainFields, supported } = HANDLER_BUNDLES;
  const stdin = { contents: HANDLER, resolveDir: import.meta.dirname };
  return build({ stdin, outfile, bundle, minify, platform, target, format, mainFields, supported });
}
