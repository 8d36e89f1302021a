import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import { photos } from '../fixtures/photos.ts';
import { newPatient } from '../support/people.ts';
import { createBatch, readyNames, type TestFile, useService } from '../support/service.ts';
import { programFile } from './support/program.ts';
import { useViewerPages } from './support/viewer-pages.ts';
import { useViewerServer } from './support/viewer-server.ts';

/** The page of a clinic with Uppy: the server of the clinic gets the signed URL for each file. */
const PAGE = `
import Uppy from '@uppy/core';
import AwsS3 from '@uppy/aws-s3';
const uppy = new Uppy();
uppy.use(AwsS3, {
  // One signed PUT takes the largest file, and S3 accepts no other request for it.
  shouldUseMultipart: false,
  generateObjectKey: (file) => file.id,
  signRequest: ({ key }) => {
    const { name, size, type } = uppy.getFile(key);
    return globalThis.signUpload({ name, size, type });
  },
});
globalThis.uploadAll = async (files) => {
  for (const { name, type, base64 } of files) {
    const data = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    uppy.addFile({ name, type, data: new Blob([data], { type }) });
  }
  const { successful, failed } = await uppy.upload();
  return [successful.length, failed.map(({ error }) => error)];
};
`;

let script: string;
const viewer = useViewerServer(() => ({
  files: { '/': '<script src="page.js"></script>', '/page.js': script },
}));
const openPage = useViewerPages();
const service = useService();

beforeAll(async () => {
  const resolveDir = join(programFile('@uppy/core/package.json'), '..', '..', '..', '..');
  const { outputFiles } = await build({
    stdin: { contents: PAGE, resolveDir },
    bundle: true,
    write: false,
    platform: 'browser',
  });
  script = outputFiles[0]?.text ?? '';
});

describe('Uppy', () => {
  test('uploads files by signed URLs, from a page of another origin', async () => {
    const staff = await service.as('staff');
    const batch = await createBatch(staff, newPatient());
    const { page } = await openPage('about:blank');
    await page.exposeFunction('signUpload', async (file: object) => {
      const { uploads } = await staff.json('POST', `/api/images/batches/${batch}/upload-urls`, 201, {
        files: [file],
      });
      return { url: uploads[0].upload_url, headers: uploads[0].headers };
    });
    await page.goto(viewer.origin());
    const files = (await photos(2)).map(({ name, type, bytes }: TestFile) => ({
      name,
      type,
      base64: Buffer.from(bytes).toString('base64'),
    }));
    const done = await page.evaluate(
      (given) => (globalThis as unknown as { uploadAll(files: unknown): unknown }).uploadAll(given),
      files,
    );
    expect(done).toEqual([2, []]);
    await expect.poll(() => readyNames(staff, batch)).toEqual(files.map(({ name }) => name));
  });
});
