import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { describeFile } from '../../lib/media/formats/describe-file.ts';
import { sharp } from '../../lib/media/image/libvips.ts';
import { makeRenditions } from '../../lib/media/image/renditions.ts';
import { RejectedImage } from '../../lib/media/rejected-image.ts';
import { formatTable, imageFormatOf } from './format-table.ts';

/** Third-party and hostile files beside the project, with the right verdict for each. */
const folder = new URL('../../../shared/data/images/', import.meta.url);

/**
 * Types that `makeRenditions` leaves to other code: refused by name today. Delete the line of a type once it
 * is supported.
 */
const notHandledYet = [{ name: 'a DICOM file', files: /\.dcm$/ }];

const notImages = /^selfmade\/strings\/|LICENSE$/;
const hostile = /^(?:bombs|selfmade\/bombs|selfmade\/pdf|bmp)\/|poppler|fuzzed/;

interface Row {
  file: string;
  expected: string;
}

const rows: Row[] = existsSync(folder) ? readManifest() : [];

if (rows.length === 0) {
  test('../shared/data is absent: no corpus was tested', () => {
    console.log('../shared/data is absent: no corpus was tested');
    expect(existsSync(folder)).toBe(false);
  });
} else {
  describe('images', () => {
    const see = formatTable('The images of ../shared/data, by format:');
    const unhandled = (row: Row) => notHandledYet.some(({ files }) => files.test(row.file));
    const cases = rows.filter((row) => !unhandled(row));

    test.each(cases.filter(({ expected }) => expected === 'accept'))(
      '$file is accepted',
      async ({ file }) => {
        await see(imageFormatOf(read(file)), 'shown', () => expectGoodCopies(read(file)));
      },
    );

    test.each(cases.filter(({ expected }) => expected === 'reject'))('$file is refused', async ({ file }) => {
      await see(imageFormatOf(read(file)), 'refused truly', () => expectRefusal(read(file)));
    });

    test.each(cases.filter(({ expected }) => /^(?:survive|accept-or-415)$/.test(expected)))(
      '$file gets a clear verdict',
      async ({ file }) => {
        await makeRenditions(read(file)).then(
          () => see(imageFormatOf(read(file)), 'shown', () => expectGoodCopies(read(file))),
          () => see(imageFormatOf(read(file)), 'refused truly', () => expectRefusal(read(file))),
        );
      },
    );

    test.each(cases.filter(({ file }) => hostile.test(file)))(
      '$file needs little time and memory',
      ({ file }) => {
        const { megabytes, seconds } = measure(file);
        // A page is drawn in a process with limits of its own.
        expect(seconds).toBeLessThan(file.endsWith('.pdf') ? 20 : 5);
        expect(megabytes).toBeLessThan(250);
      },
    );

    test('the worst PDFs, all at once, do not harm the next valid one', async () => {
      const worst = ['flate2-bomb', 'form-laughs', 'image-40000x40000', 'deep-array'];
      await Promise.allSettled(worst.map((name) => makeRenditions(read(`selfmade/pdf/${name}.pdf`))));
      await expectGoodCopies(read('selfmade/pdf/plain.pdf'));
    });

    test.each([
      ['rgb24', /bmpsuite-g-(?:pal8(?!gs|nonsquare)|rgb)/],
      ['pal4', /bmpsuite-g-pal4rle/], // sixteen colours
    ])('the same picture is %s in every kind of BMP', async (plain, alike) => {
      const thumbnailOf = async (file: string) =>
        (await makeRenditions(read(file))).renditions.find(({ name }) => name === 'png')?.bytes ??
        Buffer.alloc(0);
      const expected = await thumbnailOf(`bmp/bmpsuite-g-${plain}.bmp`);
      const kinds = rows.filter(({ file }) => alike.test(file));
      expect(kinds).not.toEqual([]);
      for (const { file } of kinds) {
        expect(await lookDifference(expected, await thumbnailOf(file)), file).toBeLessThan(12);
      }
    });

    test.each(['Landscape', 'Portrait'])('%s photographs of every orientation look alike', async (name) => {
      const pixels = await Promise.all(
        [1, 2, 3, 4, 5, 6, 7, 8].map(async (digit) => {
          const { renditions } = await makeRenditions(read(`orientation/${name}_${digit}.jpg`));
          const [thumbnail] = renditions.filter((copy) => copy.name === 'thumbnail');
          // Each file was compressed separately and has its digit in the middle: only large shapes are the
          // same.
          return sharp(thumbnail?.bytes).resize(48, 48, { fit: 'fill' }).raw().toBuffer();
        }),
      );
      for (const other of pixels) expect(meanDifference(other, pixels[0])).toBeLessThan(4);
    });
  });

  describe('types that are not supported yet', () => {
    for (const { name, files } of notHandledYet) {
      test.each(rows.filter(({ file }) => files.test(file)))(
        `$file is refused as ${name}`,
        async ({ file }) => {
          await expect(makeRenditions(read(file))).rejects.toThrow(`This is ${name}; expected JPEG, PNG`);
        },
      );
    }
  });
}

function readManifest(): Row[] {
  const lines = readFileSync(new URL('MANIFEST.tsv', folder), 'utf8').trim().split('\n').slice(1);
  return lines
    .map((line) => line.split('\t'))
    .map(([file = '', , expected = '']) => ({ file, expected }))
    .filter(({ file }) => !notImages.test(file));
}

function read(file: string): Buffer {
  return readFileSync(new URL(file, folder));
}

/** Copies of the right size, decodable, with the original's appearance and without its metadata. */
async function expectGoodCopies(original: Buffer): Promise<void> {
  const { mimeType, width, height, renditions } = await makeRenditions(original);
  // For a file that libvips itself can't read there is no simpler reference: its copies must at least agree.
  const isOurs = mimeType === 'image/bmp' || mimeType === 'application/pdf';
  const look = isOurs
    ? (renditions.find(({ name }) => name === 'png')?.bytes ?? original)
    : await withGamma(original);
  expect(renditions.map(({ name }) => name)).toEqual(expect.arrayContaining(['thumbnail', 'card', 'png']));
  for (const copy of renditions) {
    const box = { thumbnail: 300, png: 300, card: 400, preview: 1600 }[copy.name];
    const scale = Math.min(1, box / width, box / height);
    expect(Math.abs(copy.width - Math.max(1, width * scale)), copy.name).toBeLessThanOrEqual(1);
    expect(Math.abs(copy.height - Math.max(1, height * scale)), copy.name).toBeLessThanOrEqual(1);

    const { format, orientation, exif, xmp, icc, iptc, comments } = await sharp(copy.bytes).metadata();
    expect(`image/${format}`).toBe(copy.mimeType);
    expect({ orientation, exif, xmp, icc, iptc, comments }).toEqual({});
    // An inversion, a lost profile or alpha, or a wrong orientation differs far more than the loss of JPEG at
    // hard edges.
    const tolerance = copy.mimeType === 'image/png' ? 8 : 16;
    expect(await lookDifference(look, copy.bytes), copy.name).toBeLessThan(tolerance);
  }
}

/**
 * A PNG whose only colour chunk is gAMA, converted as the standard requires (PNG 3rd edition, 13.13): sharp
 * does not.
 */
async function withGamma(png: Buffer): Promise<Buffer> {
  const gama = png.indexOf('gAMA');
  const isPng = png.subarray(1, 4).toString() === 'PNG';
  if (!isPng || gama < 0 || ['cICP', 'iCCP', 'sRGB'].some((chunk) => png.includes(chunk))) return png;
  const exponent = 1 / (2.2 * (png.readUInt32BE(gama + 4) / 100_000));
  const { data, info } = await sharp(png).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  const { channels } = info;
  const shown = data.map((value, i) =>
    channels % 2 === 0 && i % channels === channels - 1 ? value : Math.round(255 * (value / 255) ** exponent),
  );
  return sharp(shown, { raw: info }).png().toBuffer();
}

/** Mean difference, 0 to 255, of two pictures on white, reduced to 16×16 by the simplest use of sharp. */
async function lookDifference(original: Uint8Array, copy: Uint8Array): Promise<number> {
  const [one, other] = await Promise.all(
    [original, copy].map((bytes) =>
      sharp(bytes, { failOn: 'none' })
        .autoOrient()
        .resize(16, 16, { fit: 'fill', fastShrinkOnLoad: false })
        .flatten({ background: 'white' })
        .raw()
        .toBuffer(),
    ),
  );
  return meanDifference(one, other);
}

function meanDifference(one: Buffer | undefined, other: Buffer | undefined): number {
  if (!one || !other || one.length !== other.length) return Number.NaN;
  return one.reduce((sum, value, i) => sum + Math.abs(value - (other[i] ?? 0)), 0) / one.length;
}

/** A refusal whose reason is a sentence, and names the file's type if that is the reason. */
async function expectRefusal(bytes: Buffer): Promise<void> {
  const error = await makeRenditions(bytes).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RejectedImage);
  const { reason } = error as RejectedImage;
  expect(reason).toMatch(/^This .+ (?:expected|accepted|allowed|damaged|incomplete|8)\b.*\.$/);
  if (reason.includes('; expected')) expect(reason).toContain(describeFile(bytes));
}

/** One file in a separate process: peak memory above the start, and time, with sharp already loaded. */
function measure(file: string): { megabytes: number; seconds: number } {
  const script = `
    import { readFileSync } from 'node:fs';
    import { makeRenditions } from ${JSON.stringify(new URL('../../lib/media/image/renditions.ts', import.meta.url).href)};
    const bytes = readFileSync(${JSON.stringify(fileURLToPath(new URL(file, folder)))});
    const before = process.resourceUsage().maxRSS;
    const start = performance.now();
    await makeRenditions(bytes).catch(() => {});
    console.log(JSON.stringify({
      megabytes: (process.resourceUsage().maxRSS - before) / 1000,
      seconds: (performance.now() - start) / 1000,
    }));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return JSON.parse(output);
}
