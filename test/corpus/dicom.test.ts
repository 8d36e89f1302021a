import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { decodeFrame } from '../../lib/media/dicom/decode/decode-frame.ts';
import { frameBytes } from '../../lib/media/dicom/decode/frame-bytes.ts';
import { drawFrame } from '../../lib/media/dicom/draw/draw-frame.ts';
import { describePixels } from '../../lib/media/dicom/parse/describe-pixels.ts';
import { toDicomJson } from '../../lib/media/dicom/parse/dicom-json.ts';
import { instanceIdentifiers } from '../../lib/media/dicom/parse/identifiers.ts';
import { MoreBytesNeeded } from '../../lib/media/dicom/parse/more-bytes-needed.ts';
import { type DicomFile, readDicom, readDicomHeader } from '../../lib/media/dicom/parse/read-dicom.ts';
import { textValue } from '../../lib/media/dicom/parse/text-values.ts';
import { isLossless, transferSyntaxOf } from '../../lib/media/dicom/transfer-syntaxes.ts';
import { toExplicitLittleEndian } from '../../lib/media/dicom/write/to-explicit-little-endian.ts';
import { sharp } from '../../lib/media/image/libvips.ts';
import { RejectedImage } from '../../lib/media/rejected-image.ts';
import { bytesOf, type CorpusFile, corpusFiles, hasCorpus, nameOf } from './dicom-files.ts';
import { formatTable } from './format-table.ts';
import { seeded, tamper } from './tamper.ts';

/** The few that are not whole DICOM files, and why. */
const broken: Record<string, RegExp> = {
  'MR_truncated.dcm': /\(7FE0,0010\) claims 8192 bytes, the file has only 8130 left/,
  'rtplan_truncated.dcm': /\(300A,00B0\) claims 976 bytes, the file has only 711 left/,
  'DICOMDIR-nooffset': /\(0004,1220\) claims 248 bytes, the file has only 224 left/,
  'no_meta.dcm': /no DICOM file/, // its first byte is missing
};

/** Those that can be read, but have no valid pixels. */
const withoutPixels: Record<string, RegExp> = {
  'JPEG2000-embedded-sequence-delimiter.dcm': /its image has 3722445056×1024/, // in the middle of the
  // codestream's header
  'meta_missing_tsyntax.dcm': /Bits Allocated is missing/,
  'nested_priv_SQ.dcm': /Bits Allocated is missing/,
};

const whole = corpusFiles.filter((row) => !broken[nameOf(row)]);
const pictures = whole.filter((row) => row.pixelHash && !withoutPixels[nameOf(row)]);

/** Whether the first frame is JFIF, and the file declares that its colours are RGB. */
function isJfifLabelledRgb(row: CorpusFile): boolean {
  const bytes = bytesOf(row);
  const isJfif = bytes.includes(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, ...Buffer.from('JFIF')]));
  return isJfif && textValue(readDicom(bytes).dataSet, '00280004') === 'RGB';
}

const syntaxOf = ({ transferSyntax }: CorpusFile) =>
  transferSyntax === '' ? 'none declared' : transferSyntaxOf(transferSyntax).name;

if (!hasCorpus) {
  test('../shared/data is absent: no corpus was tested', () => {
    console.log('../shared/data is absent: no corpus was tested');
    expect(corpusFiles).toEqual([]);
  });
} else {
  const see = formatTable('The DICOM files of ../shared/data, by transfer syntax:');

  describe('Reading', () => {
    test.each(whole)('$file is read, and so is its header alone', (row) => {
      const bytes = bytesOf(row);
      const dicom = readDicom(bytes);
      // A file without meta information does not declare its transfer syntax.
      if (row.transferSyntax && dicom.meta.elements.size > 0)
        expect(dicom.transferSyntax.uid).toBe(row.transferSyntax);
      const json = toDicomJson(dicom.dataSet, { bulkDataUri: (path) => path });
      const header = readHeader(bytes);
      expect(toDicomJson(header.dataSet, { bulkDataUri: (path) => path })).toEqual(
        Object.fromEntries(Object.entries(json).filter(([tag]) => header.dataSet.elements.has(tag))),
      );
    });

    test.each(corpusFiles.filter((row) => broken[nameOf(row)]))('$file is refused', async (row) => {
      await see(syntaxOf(row), 'refused truly', async () => {
        expect(() => readDicom(bytesOf(row))).toThrow(RejectedImage);
        expect(() => readDicom(bytesOf(row))).toThrow(broken[nameOf(row)]);
      });
    });

    test.each(whole.filter(({ flags }) => /dicomdir|no-SOPInstanceUID/.test(flags)))(
      '$file is not an instance',
      (row) => {
        expect(() => instanceIdentifiers(readDicom(bytesOf(row)).dataSet)).toThrow(/DICOMDIR|has no S\w+UID/);
      },
    );
  });

  describe('Pixels', () => {
    test.each(pictures.filter((row) => !isJfifLabelledRgb(row)))(
      'of $file equal those of two decoders',
      (row) =>
        see(syntaxOf(row), 'shown', async () => {
          const dicom = readDicom(bytesOf(row));
          const pixels = describePixels(dicom);
          if (!pixels) throw new Error('it has no pixels');
          const { samples, samplesPerPixel } = await decodeFrame(dicom, pixels, 0);
          const values = samplesPerPixel === 1 ? Int32Array.from(samples) : samples;
          const hash = createHash('sha256').update(
            new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
          );
          expect(hash.digest('hex')).toBe(row.pixelHash);
        }),
    );

    // The two decoders follow the label; JFIF is grey or YCbCr (ITU-T T.871), as for every other reader of
    // JPEG.
    test.each(pictures.filter(isJfifLabelledRgb))('of $file, which is JFIF, are YCbCr', (row) =>
      see(syntaxOf(row), 'shown', async () => {
        const dicom = readDicom(bytesOf(row));
        const pixels = describePixels(dicom);
        if (!pixels) throw new Error('it has no pixels');
        const { samples } = await decodeFrame(dicom, pixels, 0);
        const expected = await sharp(frameBytes(dicom, pixels, 0))
          .raw()
          .toBuffer();
        expect(samples).toHaveLength(expected.length);
        const difference = expected.reduce((sum, value, i) => sum + Math.abs(value - (samples[i] ?? 0)), 0);
        expect(difference / expected.length).toBeLessThan(1);
      }),
    );

    test('are JFIF although some files declare RGB', () => {
      expect(pictures.filter(isJfifLabelledRgb)).toHaveLength(3);
    });

    test.each(whole.filter((row) => withoutPixels[nameOf(row)]))('of $file are refused', async (row) => {
      await see(syntaxOf(row), 'refused truly', () =>
        expect(drawFrame(readDicom(bytesOf(row)))).rejects.toThrow(withoutPixels[nameOf(row)]),
      );
    });
  });

  describe('In Explicit VR Little Endian', () => {
    const lossless = whole.filter((row) => isLossless(readDicom(bytesOf(row)).transferSyntax.uid));
    const isPicture = (row: CorpusFile) => pictures.includes(row);

    test.each(
      lossless.filter((row) => isPicture(row) || !readDicom(bytesOf(row)).dataSet.elements.has(PIXELS)),
    )('$file has the same values and pixels', async (row) => {
      const stored = readDicom(bytesOf(row));
      const explicit = readDicom(await toExplicitLittleEndian(stored));
      expect(explicit.transferSyntax.uid).toBe('1.2.840.10008.1.2.1');
      expect(valuesOf(explicit)).toEqual(valuesOf(stored));
      const [before, after] = [describePixels(stored), describePixels(explicit)];
      if (!isPicture(row) || !before || !after) return expect(after).toEqual(undefined);
      for (const frame of new Set([0, before.frames - 1]))
        expect((await decodeFrame(explicit, after, frame)).samples).toEqual(
          (await decodeFrame(stored, before, frame)).samples,
        );
    });

    test('most files are transcoded', () => {
      expect(lossless.length).toBeGreaterThan(150);
    });
  });

  describe('Previews', () => {
    const fingerprints = new Map(
      readFileSync(new URL('dicom-previews.tsv', import.meta.url), 'utf8')
        .trim()
        .split('\n')
        .map((line) => line.split('\t') as [string, string]),
    );

    test.each(pictures.filter((row) => fingerprints.has(nameOf(row)) && !isJfifLabelledRgb(row)))(
      'of $file look as dcmtk draws them',
      async (row) => {
        const { data, width, height, channels } = await drawFrame(readDicom(bytesOf(row)));
        const expected = Buffer.from(fingerprints.get(nameOf(row)) ?? '', 'hex');
        const actual = greyCells(data, width, height, channels);
        // One grey level, and half of one by which the references were rounded.
        expect(
          actual
            .map((cell, i) => Math.abs(cell - (expected[i] ?? 0)))
            .filter((difference) => difference > 1.5),
        ).toEqual([]);
      },
    );

    test('are compared for most files', () => {
      expect(pictures.filter((row) => fingerprints.has(nameOf(row))).length).toBeGreaterThan(120);
    });
  });

  describe('Damaged files', () => {
    test('leave no trace: each is read or refused, and the next valid one is read', async () => {
      const random = seeded(20_261_121);
      const seeds = pictures.filter((file) => bytesOf(file).length < 200_000);
      const before = memory();
      const outcomes = { drawn: 0, refused: 0 };
      for (let i = 0; i < 500; i++) {
        const row = seeds[Math.floor(random() * seeds.length)] as CorpusFile;
        const tampered = tamper(bytesOf(row), random);
        try {
          const dicom = readDicom(tampered);
          toDicomJson(dicom.dataSet, { bulkDataUri: (path) => path });
          await drawFrame(dicom, {}, { milliseconds: 1000 });
          outcomes.drawn++;
        } catch (error) {
          expect(error, `${row.file}, variant ${i}`).toBeInstanceOf(RejectedImage);
          outcomes.refused++;
        }
        if (i % 25 === 0) {
          const good = pictures[(i * 7) % pictures.length] as CorpusFile;
          expect((await drawFrame(readDicom(bytesOf(good)))).data.length).toBeGreaterThan(0);
        }
      }
      expect(outcomes.refused).toBeGreaterThan(100);
      expect(outcomes.drawn).toBeGreaterThan(100);
      expect(memory() - before).toBeLessThan(300_000_000);
    });
  });
}

const PIXELS = '7FE00010';

/** All values except those that decoding changes: the layout of the pixels, and the tables of fragments. */
const valuesOf = ({ dataSet }: DicomFile) =>
  Object.entries(toDicomJson(dataSet, { bulkDataUri: (path) => path, inlineBytes: 100_000 })).filter(
    ([tag]) =>
      !['00280004', '00280006', '00280102', '7FE00001', '7FE00002', '7FE00003', PIXELS].includes(tag),
  );

/** In as many reads as it needs, as a function would read from a store. */
function readHeader(bytes: Uint8Array) {
  for (let length = 1024; ; ) {
    try {
      return readDicomHeader(bytes.subarray(0, length), bytes.length);
    } catch (error) {
      if (!(error instanceof MoreBytesNeeded) || length >= bytes.length) throw error;
      length = Math.min(bytes.length, Math.max(error.bytes, length * 2));
    }
  }
}

/** The mean of each of 8×8 cells of a picture in greys: a fingerprint of its brightness in each place. */
function greyCells(data: Uint8Array, width: number, height: number, channels: number): number[] {
  const sums = new Float64Array(64);
  const counts = new Float64Array(64);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const cell = Math.floor((y * 8) / height) * 8 + Math.floor((x * 8) / width);
      for (let c = 0; c < channels; c++)
        sums[cell] = (sums[cell] ?? 0) + (data[(y * width + x) * channels + c] ?? 0);
      counts[cell] = (counts[cell] ?? 0) + channels;
    }
  return Array.from(sums, (sum, i) => (counts[i] ? sum / (counts[i] ?? 1) : 0));
}

const memory = () => {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
