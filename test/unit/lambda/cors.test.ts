import { expect, test } from 'vitest';
import { crossOriginHeaders } from '../../../lib/lambda/http/cors.ts';

test.each([
  [[], undefined, undefined],
  [['*'], '*', undefined],
  [['https://viewer.example', 'https://other.example'], 'https://viewer.example', 'Origin'],
  [['https://other.example'], undefined, 'Origin'],
])(
  'With the allowed origins %j, a page of https://viewer.example may read for %s',
  (allowed, origin, vary) => {
    process.env.ALLOWED_ORIGINS = JSON.stringify(allowed);
    const headers = crossOriginHeaders('https://viewer.example');
    expect([headers['access-control-allow-origin'], headers.vary]).toEqual([origin, vary]);
  },
);
