import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { BUNDLES } from '../../bin/build.ts';
import { functions } from '../../functions/functions.ts';
import { operations } from '../../functions/operations.ts';
import type { Operation } from '../../lib/api/operation.ts';

// As in Lambda's runtime, which marks the handlers that it calls with a stream.
const streaming = Symbol.for('aws.lambda.runtime.handler.streaming');
beforeAll(() => {
  vi.stubGlobal('awslambda', {
    streamifyResponse: (handler: object) => Object.assign(handler, { [streaming]: 'response' }),
  });
});
afterAll(() => void vi.unstubAllGlobals());

const load = createRequire(import.meta.url);
const handlers = () =>
  functions.map(({ id }) => {
    const { handler } = load(join(BUNDLES, id, 'index.cjs')) as { handler: (...args: unknown[]) => unknown };
    return { id, parameters: handler.length, streams: streaming in handler };
  });

test('no buffered handler has a callback parameter, which the runtime of Node 24 refuses', () => {
  // https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html: the runtime recognises such a handler
  // by its third parameter.
  const buffered = handlers().filter(({ streams }) => !streams);
  expect(buffered.length).toBeGreaterThan(0);
  expect(buffered.filter(({ parameters }) => parameters >= 3)).toEqual([]);
});

test('the handlers that stream are those of the operations that declare it', () => {
  const all: readonly Operation[] = operations;
  const declared = all.filter(({ success }) => 'stream' in success).map(({ id }) => id);
  const built = handlers().flatMap(({ id, streams }) => (streams ? [id] : []));
  expect(built.sort()).toEqual(declared.sort());
});
