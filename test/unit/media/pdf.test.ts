import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { fromPixels } from '../../../lib/media/image/pixels.ts';
import { makeRenditions } from '../../../lib/media/image/renditions.ts';
import { decodePdf } from '../../../lib/media/pdf/decode-pdf.ts';
import { RejectedImage } from '../../../lib/media/rejected-image.ts';
import { pdf, slowPdf } from '../../fixtures/pdfs.ts';

const RED = [255, 0, 0];
const WHITE = [255, 255, 255];

/** The colour of the page at a share of its width and height, from the top left. */
async function colourAt(file: Buffer, x: number, y: number): Promise<number[]> {
  const { pixels } = await decodePdf(file);
  const left = Math.floor(x * pixels.width);
  const top = Math.floor(y * pixels.height);
  return [...(await fromPixels(pixels).extract({ left, top, width: 1, height: 1 }).raw().toBuffer())];
}

describe('Another page of a PDF', () => {
  const green = '0 1 0 rg 20 20 60 60 re f';
  const file = pdf({ morePages: ['', green] });

  test('is drawn as it is, within the same limits', async () => {
    const { pixels, ...facts } = await decodePdf(file, { page: 3 });
    expect(facts).toMatchObject({ width: 1067, height: 1600, pages: 3 });
    const [left, top] = [Math.floor(0.25 * pixels.width), Math.floor(0.83 * pixels.height)];
    const sample = await fromPixels(pixels).extract({ left, top, width: 1, height: 1 }).raw().toBuffer();
    expect([...sample]).toEqual([0, 255, 0]);
    await expect(decodePdf(pdf({ morePages: [green] }), { page: 2, milliseconds: 1 })).rejects.toThrow(
      'takes longer to draw',
    );
  });

  test('is refused with its number after the last one', async () => {
    await expect(decodePdf(file, { page: 4 })).rejects.toThrow(
      'This PDF file has no page with the number 4 that can be drawn.',
    );
  });
});

describe('The first page of a PDF', () => {
  test('becomes every copy, with a preview: browsers do not display a PDF as an image', async () => {
    const { renditions, ...facts } = await makeRenditions(pdf());
    expect(facts).toEqual({
      mimeType: 'application/pdf',
      extension: 'pdf',
      width: 1067,
      height: 1600,
      pages: 1,
    });
    expect(renditions.map(({ name, width, height }) => [name, width, height])).toEqual([
      ['preview', 1067, 1600],
      ['png', 200, 300],
      ['thumbnail', 200, 300],
      ['card', 267, 400],
    ]);
  });

  test('is upright, red at the lower left', async () => {
    expect(await colourAt(pdf(), 0.25, 0.83)).toEqual(RED);
    expect(await colourAt(pdf(), 0.25, 0.17)).toEqual(WHITE);
  });

  test('is rotated as it says', async () => {
    const turned = pdf({ page: '/MediaBox [0 0 200 300] /Rotate 90' });
    expect(await decodePdf(turned)).toMatchObject({ width: 1600, height: 1067 });
    expect(await colourAt(turned, 0.17, 0.25)).toEqual(RED);
  });

  test('is drawn no larger than the preview, for any size of page', async () => {
    const boxes = [
      '[0 0 10000000 10000000]',
      '[0 0 0.001 0.001]',
      '[0 0 0 0]',
      '[200 300 0 0]',
      '[0 0 /NaN (x)]',
      '[-1e30 -1e30 1e30 1e30]',
      '[0 0 1 100000]',
    ];
    for (const box of [...boxes.map((box) => `/MediaBox ${box}`), '/MediaBox [0 0 9 9] /UserUnit 1000', '']) {
      const { width, height } = await decodePdf(pdf({ page: box }));
      expect(Math.max(width, height), box).toBe(1600);
      expect(Math.min(width, height), box).toBeGreaterThanOrEqual(1);
    }
  });

  test('has the values of its form fields', async () => {
    const field =
      '<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /Rect [100 200 180 280] /AP << /N 6 0 R >> >>';
    const look =
      '<< /Length 29 /Type /XObject /Subtype /Form /BBox [0 0 80 80] >>\nstream\n1 0 0 rg 0 0 80 80 re f      \nendstream';
    const form = pdf({
      page: '/MediaBox [0 0 200 300] /Annots [5 0 R]',
      catalog: '/AcroForm << /Fields [5 0 R] >>',
      objects: [field, look],
    });
    expect(await colourAt(form, 0.7, 0.2)).toEqual(RED);
  });

  test('is drawn although the document has a script, which is not run', async () => {
    const catalog = '/OpenAction << /S /JavaScript /JS (while \\(true\\) app.alert\\(1\\);) >>';
    expect(await colourAt(pdf({ catalog }), 0.25, 0.83)).toEqual(RED);
  });
});

describe('A password', () => {
  test('that is needed to open the document rejects it', async () => {
    const closed = pdf({ passwords: { owner: 'o', user: 'secret' } });
    await expect(makeRenditions(closed)).rejects.toThrow('This PDF file is protected by a password');
  });

  test('that only forbids changes does no harm', async () => {
    expect(await colourAt(pdf({ passwords: { owner: 'o', user: '' } }), 0.25, 0.83)).toEqual(RED);
  });
});

describe('A PDF that can’t be drawn', () => {
  test.each([
    ['nothing but its header', Buffer.from('%PDF-1.7\n'), 'is damaged or incomplete'],
    ['no page', Buffer.from(pdf().toString('latin1').replace('[3 0 R]', '[     ]'), 'latin1'), 'has no page'],
    ['random bytes', Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(5000, 'obj<<[')]), 'is damaged'],
  ])('is refused with the reason: %s', async (_title, file, reason) => {
    const error = await makeRenditions(file).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RejectedImage);
    expect((error as RejectedImage).reason).toContain(reason);
  });

  test('in the time limit is refused, and the next one is drawn', async () => {
    await expect(decodePdf(slowPdf(40_000), { milliseconds: 100 })).rejects.toThrow(
      'This PDF file takes longer to draw than the 0.1 seconds allowed.',
    );
    await expect(decodePdf(pdf())).resolves.toMatchObject({ width: 1067 });
  });

  test('in its CPU time is given up, and the next one works', async () => {
    await expect(decodePdf(slowPdf(40_000), { cpuSeconds: 0.5 })).rejects.toThrow(
      'This PDF file takes more than the 0.5 seconds of computation allowed.',
    );
    await expect(decodePdf(pdf())).resolves.toMatchObject({ width: 1067 });
  });

  test('in its memory limit is refused, and the next one is drawn', async () => {
    const content = deflateSync(deflateSync(Buffer.alloc(60_000_000, ' '), { level: 9 }), { level: 9 });
    const bomb = pdf({ content, contentEntries: '/Filter [/FlateDecode /FlateDecode]' });
    await expect(decodePdf(bomb, { memoryMb: 48 })).rejects.toThrow(
      'This PDF file takes more memory to draw than the 48 MB allowed.',
    );
    await expect(decodePdf(pdf())).resolves.toMatchObject({ width: 1067 });
  });

  test('because the process could not start may be retried: this is no fault of the file', async () => {
    const error = await decodePdf(pdf(), { memoryMb: 1 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(RejectedImage);
  });
});

describe('Text whose font is not in the file', () => {
  const withFont = (font: string, text: string, more: readonly string[] = []) =>
    pdf({
      page: '/MediaBox [0 0 200 200] /Resources << /Font << /F 5 0 R >> >>',
      content: `BT /F 30 Tf 20 100 Td ${text} ET`,
      objects: [font, ...more],
    });
  const composite = (encoding: string, ordering: string) =>
    [
      `<< /Type /Font /Subtype /Type0 /BaseFont /NoSuchFont /Encoding /${encoding} /DescendantFonts [6 0 R] >>`,
      [
        `<< /Type /Font /Subtype /CIDFontType0 /BaseFont /NoSuchFont /CIDSystemInfo << /Registry (Adobe) /Ordering (${ordering}) /Supplement 0 >> /FontDescriptor 7 0 R >>`,
        '<< /Type /FontDescriptor /FontName /NoSuchFont /Flags 4 /FontBBox [0 -200 1000 900] /ItalicAngle 0 /Ascent 900 /Descent -200 /CapHeight 700 /StemV 80 >>',
      ],
    ] as const;
  const heightOf = async (file: Buffer) => (await decodePdf(file)).height;

  test.each([
    ['Japanese', 'UniJIS-UCS2-H', 'Japan1', '<691C67FB7D50679C>'],
    ['Chinese', 'UniGB-UCS2-H', 'GB1', '<68C067E57ED3679C>'],
    ['Korean', 'UniKS-UCS2-H', 'Korea1', '<AC80C0ACACB0ACFC>'],
  ])(
    'is reported as missing below the page if it is not drawn: %s',
    async (_title, encoding, ordering, text) => {
      const [font, more] = composite(encoding, ordering);
      expect(await heightOf(withFont(font, `${text} Tj`, more))).toBe(1667);
      // Invisible text under a scan is not missing.
      expect(await heightOf(withFont(font, `3 Tr ${text} Tj`, more))).toBe(1600);
    },
  );

  test('is drawn if PDFium has a similar font, and not reported', async () => {
    const latin = '<< /Type /Font /Subtype /TrueType /BaseFont /NoSuchFont /Encoding /WinAnsiEncoding >>';
    expect(await heightOf(withFont(latin, '(Report) Tj'))).toBe(1600);
    expect(await heightOf(withFont(latin, '(   ) Tj'))).toBe(1600);
  });
});
