import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Image } from '../../../../lib/domain/images/image.ts';
import { Limits } from '../../../../lib/domain/limits/limits.ts';
import { PermanentFailure } from '../../../../lib/lambda/events/permanent-failure.ts';
import { DecoderNotStarted, decodeInChild } from '../../../../lib/media/process/decode-in-child.ts';
import { processImage } from '../../../../lib/services/images/process-image.ts';
import { pdf } from '../../../fixtures/pdfs.ts';

const node = process.execPath;
afterEach(() => {
  process.execPath = node;
});

test('A decoder that has answered may end later than the time to decode', async () => {
  const script = join(import.meta.dirname, '../../../fixtures/lingering-decoder.ts');
  const limits = { milliseconds: 2000, cpuSeconds: 2, memoryMb: 64 };
  expect(await decodeInChild(script, {}, limits)).toEqual({ picture: 'red', pixels: Buffer.from([1, 2, 3]) });
});

test('A decoder that can not be started says nothing of the file: the image is not given up', async () => {
  const bytes = pdf({});
  const image = { fileSize: bytes.length, mimeType: 'application/pdf' } as Image;
  const deps = {
    bucket: { readTagged: async () => ({ bytes, etag: 'e', modifiedAt: new Date() }) },
    limits: Limits.parse({}),
    now: () => new Date(),
  };
  process.execPath = '/nonexistent/node';
  const failure = await processImage('key', image, deps as never).catch((error) => error);
  expect(failure).toBeInstanceOf(DecoderNotStarted);
  expect(failure).not.toBeInstanceOf(PermanentFailure);
});
