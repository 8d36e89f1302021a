import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { copyFileName } from '../../../lib/domain/file-name.ts';
import { editedSize } from '../../../lib/domain/images/apply-edits.ts';
import { NO_EDITS } from '../../../lib/domain/images/edit-actions.ts';
import type { ReadyImage } from '../../../lib/domain/images/image.ts';
import {
  archivedCopyOf,
  asksForCopy,
  CopyQuery,
  copyOf,
  thumbnailCopyOf,
} from '../../../lib/domain/images/image-copy.ts';

const image = (mimeType: string, width = 6000, height = 3000) => ({ mimeType, width, height }) as ReadyImage;
const faults = (query: object) => CopyQuery.safeParse(query).error?.issues.map(({ path }) => path[0]);

describe('The query for a copy', () => {
  test.each([
    { width: '0' },
    { width: '4001' },
    { width: '1.5' },
    { width: '-1' },
    { width: 'wide' },
    { width: '' },
    { width: ['10', '20'] },
    { quality: '0' },
    { quality: '101' },
    { page: '0' },
    { page: '1.5' },
    { page: '-1' },
    { page: '1e30' },
    { format: 'gif' },
    { format: 'JPEG' },
    { watermark: '' },
    { watermark: '   ' },
    { watermark: '\u200b\u3164\u2800' },
    { watermark: '\ufff9\ufffa\ufffb\ufffc' },
    { watermark: 'a\nb' },
    { watermark: 'a\u0000' },
    { watermark: 'a\u2028b' },
    { watermark: 'a'.repeat(101) },
    { watermark: '\ud800' },
  ])('is refused with the name of its parameter: %j', (query) => {
    expect(faults(query)).toContain(Object.keys(query)[0]);
  });

  test('may have the largest and smallest values, and a text of a hundred characters of any plane', () => {
    for (const query of [
      { width: '1' },
      { width: '4000' },
      { quality: '1' },
      { watermark: '😀'.repeat(100) },
    ]) {
      expect(faults(query)).toBeUndefined();
    }
  });

  test('is empty for the original', () => {
    expect(asksForCopy(CopyQuery.parse({}))).toBe(false);
    expect(asksForCopy(CopyQuery.parse({ quality: '80' }))).toBe(true);
  });
});

describe('A copy', () => {
  test.each([
    ['image/jpeg', 'jpeg'],
    ['image/png', 'png'],
    ['image/webp', 'webp'],
    ['image/avif', 'avif'],
    ['image/gif', 'png'],
    ['image/tiff', 'jpeg'],
    ['image/bmp', 'jpeg'],
    ['application/pdf', 'jpeg'],
  ])('of %s is %s unless another format is requested', (mimeType, format) => {
    expect(copyOf(image(mimeType), {}).format).toBe(format);
    expect(copyOf(image(mimeType), { format: 'webp' }).format).toBe('webp');
  });

  test('is never wider than its original, nor longer than 4000 pixels on any side', () => {
    const widthOf = (width: number, height: number, wanted?: number) =>
      copyOf(image('image/jpeg', width, height), { width: wanted }).width;
    expect(widthOf(6000, 3000)).toBe(4000);
    expect(widthOf(3000, 6000)).toBe(2000);
    expect(widthOf(3000, 6000, 1500)).toBe(1500);
    expect(widthOf(300, 600, 4000)).toBe(300);
    expect(widthOf(10, 30_000)).toBe(1);
    expect(copyOf(image('image/avif', 3000, 4000), { width: 4000 }).width).toBe(1920);
  });

  test('is the same for an equal query in another form', () => {
    const spelled = copyOf(image('image/jpeg'), { width: 4000, format: 'jpeg', quality: 85 });
    expect(spelled).toEqual(copyOf(image('image/jpeg'), { width: undefined, format: undefined }));
  });

  test('has no quality as PNG, and the refusal says so', () => {
    for (const [mimeType, format] of [['image/jpeg', 'png'], ['image/png']] as const) {
      expect(() => copyOf(image(mimeType), { format, quality: 80 })).toThrow(
        expect.objectContaining({ details: [expect.stringMatching(/^quality must be left out/)] }),
      );
    }
  });

  test.each([
    ['Ferse.jpeg', 'webp', 'Ferse.webp'],
    ['scan.2025.tif', 'jpeg', 'scan.2025.jpg'],
    ['no extension', 'png', 'no extension.png'],
    ['.jpg', 'avif', 'image.avif'],
  ] as const)('of %s as %s is called %s', (name, format, expected) => {
    expect(copyFileName(name, { format, page: 1 })).toBe(expected);
  });

  test('of another page than the first has its number in its name', () => {
    expect(copyFileName('scan.tif', { format: 'jpeg', page: 2 })).toBe('scan-page-2.jpg');
  });

  test('of another page is limited on both sides, because its shape is not known', () => {
    const scan = { ...image('image/tiff', 10, 10), pages: 3 };
    expect(copyOf(scan, { page: 3 })).toMatchObject({ page: 3, width: 4000, maxHeight: 4000 });
    expect(copyOf(scan, { page: 3, width: 50 })).toMatchObject({ width: 50, maxHeight: 4000 });
    expect(copyOf(scan, { page: 1 })).toEqual(copyOf(scan, {}));
  });

  test.each([
    [{}, 2, 'page must be 1 to 1; received 2'],
    [{ pages: 3 }, 4, 'page must be 1 to 3; received 4'],
  ])('of %j has no page %i', (document, page, detail) => {
    expect(() => copyOf({ ...image('image/tiff'), ...document }, { page })).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', details: [detail] }),
    );
  });
});

describe('Of an image with edits', () => {
  const turned = { version: 3, steps: { ...NO_EDITS, quarterTurns: 1 } };
  const edited = (given: Partial<ReadyImage> = {}) => ({ ...image('image/png'), edit: turned, ...given });

  test('the thumbnail fits into 300 × 300 pixels, and is not smaller than that', () => {
    const side = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(side, side, fc.boolean(), (width, height, isTurned) => {
        const steps = { ...NO_EDITS, contrast: 1, quarterTurns: isTurned ? 1 : 0 };
        const copy = thumbnailCopyOf(edited({ width, height, edit: { version: 1, steps } }));
        const whole = editedSize({ width, height }, steps);
        const high = ((copy?.width ?? 0) * whole.height) / whole.width;
        expect(copy).toMatchObject({ format: 'png', edit: steps });
        expect(copy?.width).toBeLessThanOrEqual(300);
        // A line of one pixel is as long as it is.
        if (copy?.width !== 1) expect(Math.round(high)).toBeLessThanOrEqual(300);
        const smallest = Math.min(300, Math.max(whole.width, whole.height));
        expect(Math.max(copy?.width ?? 0, high)).toBeGreaterThanOrEqual(smallest * 0.5);
      }),
    );
    expect(thumbnailCopyOf(image('image/png'))).toBeUndefined();
    expect(thumbnailCopyOf(edited({ edit: { version: 4, steps: null } }))).toBeUndefined();
  });

  test('the copy in an archive is a JPEG of it, except for a document of several pages', () => {
    expect(archivedCopyOf(edited())).toEqual(copyOf(edited(), { format: 'jpeg', edit: 3 }));
    expect(archivedCopyOf(edited({ pages: 1 }))).toBeDefined();
    expect(archivedCopyOf(edited({ pages: 2 }))).toBeUndefined();
    expect(archivedCopyOf(image('image/png'))).toBeUndefined();
    expect(archivedCopyOf(edited({ edit: { version: 4, steps: null } }))).toBeUndefined();
  });
});
