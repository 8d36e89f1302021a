import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { Compression } from '../../../lib/local/api-gateway/compression.ts';
import { Template } from '../../../lib/local/template.ts';

const compressionOf = (properties: object) => {
  const Resources = { Api: { Type: 'AWS::ApiGateway::RestApi', Properties: properties } };
  return new Compression(new Template({ Service: { Resources } }, new Map(), 'http://localhost:3000'));
};
const body = Buffer.from('a'.repeat(1024));

test.each(['gzip', 'deflate, gzip;q=1.0', '*', 'br,gzip'])(
  'A client that accepts %s gets gzip',
  async (accepted) => {
    const compressed = await compressionOf({ MinimumCompressionSize: 1024 }).compress(body, accepted);
    expect(gunzipSync(compressed ?? '')).toEqual(body);
  },
);

test.each(['', 'identity', 'gzip;q=0', 'xgzip'])('A client that accepts “%s” gets none', async (accepted) => {
  expect(await compressionOf({ MinimumCompressionSize: 1024 }).compress(body, accepted)).toBeUndefined();
});

test('Short bodies, and those of an API without the setting, are not compressed', async () => {
  expect(await compressionOf({ MinimumCompressionSize: 1025 }).compress(body, 'gzip')).toBeUndefined();
  expect(await compressionOf({}).compress(body, 'gzip')).toBeUndefined();
});
