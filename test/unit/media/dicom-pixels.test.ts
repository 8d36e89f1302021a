import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeFrame } from '../../../lib/media/dicom/decode/decode-frame.ts';
import { frameBytes } from '../../../lib/media/dicom/decode/frame-bytes.ts';
import { packBits, unpackBits } from '../../../lib/media/dicom/decode/stored-samples.ts';
import { describePixels } from '../../../lib/media/dicom/parse/describe-pixels.ts';
import { readDicom } from '../../../lib/media/dicom/parse/read-dicom.ts';
import { RejectedImage } from '../../../lib/media/rejected-image.ts';
import { codestream, type Encoder, type Picture } from '../../fixtures/codestreams.ts';
import {
  bits,
  dicomFile,
  encapsulated,
  type FixtureElement,
  imageOf,
  syntaxes,
  words,
} from '../../fixtures/dicoms.ts';

const columns = 24;
const rows = 18;

async function decode(file: Uint8Array, frame = 0) {
  const dicom = readDicom(file);
  const pixels = describePixels(dicom);
  if (!pixels) throw new Error('no pixels');
  return decodeFrame(dicom, pixels, frame);
}

const samplesOf = async (file: Uint8Array, frame = 0) => [...(await decode(file, frame)).samples];

/** A frame with slopes, edges, the smallest and the largest value. */
function sampleValues(picture: Pick<Picture, 'samplesPerPixel' | 'bitsStored' | 'isSigned'>): number[] {
  const { samplesPerPixel, bitsStored, isSigned = false } = picture;
  const count = 2 ** bitsStored;
  return Array.from({ length: columns * rows * samplesPerPixel }, (_value, i) => {
    const value = i === 0 ? 0 : i === 1 ? count - 1 : (i * 37 + (i >> 4) * 11) % count;
    return isSigned ? value - count / 2 : value;
  });
}

const bytesOf = (values: number[], bitsAllocated: number) =>
  bitsAllocated === 8 ? Uint8Array.from(values) : new Uint8Array(Uint16Array.from(values).buffer);

const colour: FixtureElement[] = [
  ['00280002', 'US', [3]],
  ['00280004', 'CS', 'RGB'],
  ['00280006', 'US', [0]],
];

describe('Samples without compression', () => {
  test.each([
    ['implicit VR little endian', syntaxes.implicit, words(1, 2, 3, 4, 5, 65_535)],
    ['explicit VR little endian', syntaxes.explicit, words(1, 2, 3, 4, 5, 65_535)],
    ['explicit VR big endian', syntaxes.bigEndian, Buffer.from(words(1, 2, 3, 4, 5, 65_535)).swap16()],
    ['deflated', syntaxes.deflated, words(1, 2, 3, 4, 5, 65_535)],
  ])('are decoded from %s', async (_title, syntax, pixelData) => {
    const file = dicomFile([...imageOf(3, 2, pixelData), ...bits(16)], syntax);
    expect(await samplesOf(file)).toEqual([1, 2, 3, 4, 5, 65_535]);
  });

  test('of 8 bits are swapped in pairs in the words of big endian', async () => {
    expect(await samplesOf(dicomFile(imageOf(2, 2, Uint8Array.of(2, 1, 4, 3)), syntaxes.bigEndian))).toEqual([
      1, 2, 3, 4,
    ]);
  });

  test('are masked to the bits stored, and sign-extended', async () => {
    const cells = words(0xf001, 0x0fff, 0xa800, 0x07ff);
    const unsigned = dicomFile([...imageOf(2, 2, cells), ...bits(16, 12)]);
    const signed = dicomFile([...imageOf(2, 2, cells), ...bits(16, 12, true)]);
    expect(await samplesOf(unsigned)).toEqual([1, 4095, 2048, 2047]);
    expect(await samplesOf(signed)).toEqual([1, -1, -2048, 2047]);
  });

  test('are shifted down from their high bit', async () => {
    const file = dicomFile([
      ...imageOf(2, 1, words(0x1230, 0xfff0)),
      ...bits(16, 12),
      ['00280102', 'US', [15]],
    ]);
    expect(await samplesOf(file)).toEqual([0x123, 0xfff]);
  });

  test('of one bit are packed from the lowest bit, and the last byte is filled with zeros', () => {
    const samples = [1, 0, 0, 1, 0, 0, 0, 0, 1, 1];
    expect([...packBits(samples)]).toEqual([0b0000_1001, 0b0000_0011]);
    expect([...unpackBits(packBits(samples), samples.length)]).toEqual(samples);
  });

  test('of one bit begin where the frame before ends, also within a byte', async () => {
    const file = dicomFile([
      ...imageOf(3, 1, Uint8Array.of(0b1010_1101, 0b1)),
      ...bits(1),
      ['00280008', 'IS', '3'],
    ]);
    expect(await samplesOf(file, 0)).toEqual([1, 0, 1]);
    expect(await samplesOf(file, 1)).toEqual([1, 0, 1]);
    expect(await samplesOf(file, 2)).toEqual([0, 1, 1]);
  });

  test('of 32 bits, of 32-bit floating point and of 64 bits are unchanged', async () => {
    const integers = new Uint8Array(Uint32Array.of(7, 4_000_000_000).buffer);
    expect(await samplesOf(dicomFile([...imageOf(2, 1, integers), ...bits(32)]))).toEqual([7, 4_000_000_000]);
    const withoutPixelData = imageOf(2, 1, '').filter(([tag]) => tag !== '7FE00010');
    const floats: FixtureElement = ['7FE00008', 'OF', new Uint8Array(Float32Array.of(0.5, -2).buffer)];
    expect(await samplesOf(dicomFile([...withoutPixelData, ...bits(32), floats]))).toEqual([0.5, -2]);
    const doubles: FixtureElement = ['7FE00009', 'OD', new Uint8Array(Float64Array.of(0.1, -2).buffer)];
    expect(await samplesOf(dicomFile([...withoutPixelData, ...bits(64), doubles]))).toEqual([0.1, -2]);
  });

  test('in planes are interleaved', async () => {
    const file = dicomFile([
      ...imageOf(2, 1, Uint8Array.of(1, 2, 3, 4, 5, 6)),
      ...colour,
      ['00280006', 'US', [1]],
    ]);
    expect(await samplesOf(file)).toEqual([1, 3, 5, 2, 4, 6]);
  });

  test.each([
    ['YBR_FULL', [76, 85, 255], [254, 0, 0]],
    ['YBR_PARTIAL_422', [81, 81, 90, 240], [254, 0, 0, 254, 0, 0]],
    ['YBR_FULL_422', [76, 150, 85, 255], [254, 0, 0, 255, 74, 74]],
  ])('in %s become RGB', async (photometric, stored, expected) => {
    const file = dicomFile([
      ...imageOf(expected.length / 3, 1, Uint8Array.from(stored)),
      ...colour,
      ['00280004', 'CS', photometric],
    ]);
    const decoded = await decode(file);
    expect(decoded.photometricInterpretation).toBe('RGB');
    expect([...decoded.samples].map((sample, i) => Math.abs(sample - (expected[i] ?? 0)) <= 1)).not.toContain(
      false,
    );
  });

  test('of every frame are returned unchanged if the caller asks for its bytes', () => {
    const dicom = readDicom(
      dicomFile([...imageOf(2, 1, Uint8Array.of(1, 2, 3, 4)), ['00280008', 'IS', '2']]),
    );
    const pixels = describePixels(dicom);
    if (!pixels) throw new Error('no pixels');
    expect([...frameBytes(dicom, pixels, 1)]).toEqual([3, 4]);
    expect(() => frameBytes(dicom, pixels, 2)).toThrow('has 2 frames; there is none with the number 3');
  });
});

describe('Compressed samples', () => {
  const grey = (bitsStored: number, isSigned = false) =>
    ({ samplesPerPixel: 1, bitsAllocated: bitsStored > 8 ? 16 : 8, bitsStored, isSigned }) as const;
  const rgb = (bitsStored: number) =>
    ({ samplesPerPixel: 3, bitsAllocated: bitsStored > 8 ? 16 : 8, bitsStored }) as const;

  test.each<[string, string, Encoder, ReturnType<typeof grey> | ReturnType<typeof rgb>]>([
    ['RLE, 8 bits', '1.2.840.10008.1.2.5', 'encodeRle', grey(8)],
    ['RLE, 16 bits, signed', '1.2.840.10008.1.2.5', 'encodeRle', grey(16, true)],
    ['RLE, RGB', '1.2.840.10008.1.2.5', 'encodeRle', rgb(8)],
    ['lossless JPEG, 8 bits', '1.2.840.10008.1.2.4.70', 'encodeJpeg', grey(8)],
    ['lossless JPEG, 12 bits', '1.2.840.10008.1.2.4.57', 'encodeJpeg', grey(12)],
    ['lossless JPEG, 16 bits', '1.2.840.10008.1.2.4.70', 'encodeJpeg', grey(16)],
    ['lossless JPEG, RGB', '1.2.840.10008.1.2.4.70', 'encodeJpeg', rgb(8)],
    ['JPEG-LS, 8 bits', '1.2.840.10008.1.2.4.80', 'encodeJpegLs', grey(8)],
    ['JPEG-LS, 16 bits, signed', '1.2.840.10008.1.2.4.80', 'encodeJpegLs', grey(16, true)],
    ['JPEG-LS, RGB', '1.2.840.10008.1.2.4.80', 'encodeJpegLs', rgb(8)],
    ['JPEG 2000, 8 bits', '1.2.840.10008.1.2.4.90', 'encodeJpeg2000', grey(8)],
    ['JPEG 2000, 12 bits, signed', '1.2.840.10008.1.2.4.90', 'encodeJpeg2000', grey(12, true)],
    ['JPEG 2000, RGB', '1.2.840.10008.1.2.4.90', 'encodeJpeg2000', rgb(8)],
    ['HTJ2K, 8 bits', '1.2.840.10008.1.2.4.201', 'encodeHtJpeg2000', grey(8)],
    ['HTJ2K, 12 bits', '1.2.840.10008.1.2.4.202', 'encodeHtJpeg2000', grey(12)],
    ['HTJ2K, 16 bits, signed', '1.2.840.10008.1.2.4.201', 'encodeHtJpeg2000', grey(16, true)],
    ['HTJ2K, RGB', '1.2.840.10008.1.2.4.201', 'encodeHtJpeg2000', rgb(8)],
    ['RLE, RGB of 16 bits', '1.2.840.10008.1.2.5', 'encodeRle', rgb(16)],
    ['lossless JPEG, RGB of 16 bits', '1.2.840.10008.1.2.4.70', 'encodeJpeg', rgb(16)],
    ['JPEG-LS, RGB of 12 bits', '1.2.840.10008.1.2.4.80', 'encodeJpegLs', rgb(12)],
    ['HTJ2K, 8 bits, signed', '1.2.840.10008.1.2.4.201', 'encodeHtJpeg2000', grey(8, true)],
    ['JPEG XL, 8 bits', '1.2.840.10008.1.2.4.110', 'encodeJpegXl', grey(8)],
    ['JPEG XL, 12 bits', '1.2.840.10008.1.2.4.110', 'encodeJpegXl', grey(12)],
    ['JPEG XL, 16 bits', '1.2.840.10008.1.2.4.110', 'encodeJpegXl', grey(16)],
    ['JPEG XL, RGB', '1.2.840.10008.1.2.4.110', 'encodeJpegXl', rgb(8)],
  ])('%s, are decoded to the original ones', async (_title, uid, encoder, kind) => {
    const values = sampleValues(kind);
    const picture = { ...kind, columns, rows, samples: bytesOf(values, kind.bitsAllocated) };
    const fragments = [new Uint8Array(), await codestream(encoder, picture)];
    const isSigned = 'isSigned' in kind && kind.isSigned;
    const file = dicomFile(
      [
        ...imageOf(columns, rows, { fragments }),
        ...bits(kind.bitsAllocated, kind.bitsStored, isSigned),
        ...(kind.samplesPerPixel === 3 ? colour : []),
      ],
      encapsulated(uid),
    );
    expect(await samplesOf(file)).toEqual(values);
  });

  test('in JPEG-LS are decoded to the original ones, also with a zero before the end', async () => {
    const values = sampleValues(grey(16));
    const picture = { ...grey(16), columns, rows, samples: bytesOf(values, 16) };
    const whole = await codestream('encodeJpegLs', picture);
    const filled = Buffer.concat([whole.subarray(0, -2), Uint8Array.of(0), whole.subarray(-2)]);
    const fragments = [new Uint8Array(), filled];
    const image = [...imageOf(columns, rows, { fragments }), ...bits(16)];
    expect(await samplesOf(dicomFile(image, encapsulated('1.2.840.10008.1.2.4.80')))).toEqual(values);
  });

  test.each<[string, string, (samples: number[]) => Promise<Uint8Array> | Uint8Array]>([
    [
      'RLE, packed',
      '1.2.840.10008.1.2.5',
      (samples) =>
        codestream('encodeRle', {
          ...grey(8),
          columns: samples.length / 8,
          rows: 1,
          samples: packBits(samples),
        }),
    ],
    [
      'JPEG 2000',
      '1.2.840.10008.1.2.4.90',
      (samples) =>
        codestream('encodeJpeg2000', {
          columns,
          rows,
          samplesPerPixel: 1,
          bitsAllocated: 8,
          bitsStored: 1,
          samples: Uint8Array.from(samples),
        }),
    ],
    ['deflate', '1.2.840.10008.1.2.8.1', (samples) => deflateRawSync(packBits(samples))],
  ])('of one bit in %s, are decoded to the original ones', async (_title, uid, compress) => {
    const values = Array.from({ length: columns * rows }, (_value, i) => Number(i % 5 === 0 || i % 7 === 0));
    const fragments = [new Uint8Array(), await compress(values)];
    const file = dicomFile([...imageOf(columns, rows, { fragments }), ...bits(1)], encapsulated(uid));
    expect(await samplesOf(file)).toEqual(values);
  });

  test('in deflate are decoded to the original ones, and refused in another size', async () => {
    const values = sampleValues(grey(16));
    const fileOf = (samples: Uint8Array) =>
      dicomFile(
        [...imageOf(columns, rows, { fragments: [new Uint8Array(), samples] }), ...bits(16)],
        encapsulated('1.2.840.10008.1.2.8.1'),
      );
    const whole = bytesOf(values, 16);
    expect(await samplesOf(fileOf(deflateRawSync(whole)))).toEqual(values);
    await expect(samplesOf(fileOf(deflateRawSync(whole.subarray(2))))).rejects.toThrow(
      `unfolds to ${whole.length - 2} bytes instead of ${whole.length}`,
    );
    for (const bad of [deflateRawSync(Buffer.concat([whole, whole])), whole])
      await expect(samplesOf(fileOf(bad))).rejects.toThrow('can’t be unfolded');
  });

  test('in JPEG baseline are decoded with a small difference', async () => {
    const values = Array.from({ length: columns * rows }, (_value, i) => (i % columns) * 10);
    const picture = { ...grey(8), columns, rows, samples: Uint8Array.from(values) };
    const fragments = [
      new Uint8Array(),
      await codestream('encodeJpeg', picture, { lossy: true, quality: 95 }),
    ];
    const file = dicomFile(imageOf(columns, rows, { fragments }), encapsulated('1.2.840.10008.1.2.4.50'));
    const differences = (await samplesOf(file)).map((sample, i) => Math.abs(sample - (values[i] ?? 0)));
    expect(Math.max(...differences)).toBeLessThan(12);
  });

  test('in RLE and YBR_FULL become RGB', async () => {
    const pixel = Uint8Array.of(76, 85, 255);
    const samples = Uint8Array.from({ length: columns * rows * 3 }, (_value, i) => pixel[i % 3] ?? 0);
    const encoded = await codestream('encodeRle', { columns, rows, ...rgb(8), samples });
    const file = dicomFile(
      [
        ...imageOf(columns, rows, { fragments: [new Uint8Array(), encoded] }),
        ...colour,
        ['00280004', 'CS', 'YBR_FULL'],
      ],
      encapsulated('1.2.840.10008.1.2.5'),
    );
    expect((await samplesOf(file)).slice(0, 3)).toEqual([254, 0, 0]);
  });
});

describe('Frames and fragments', () => {
  const uid = '1.2.840.10008.1.2.4.80';
  const picture = (value: number) => ({
    columns,
    rows,
    samplesPerPixel: 1 as const,
    bitsAllocated: 8 as const,
    bitsStored: 8,
    samples: new Uint8Array(columns * rows).fill(value),
  });
  const halves = (bytes: Uint8Array) => [bytes.subarray(0, 20), bytes.subarray(20)];
  const offsets = (...numbers: number[]) => new Uint8Array(Uint32Array.from(numbers).buffer);
  const evenLength = (bytes: Uint8Array) => bytes.length + (bytes.length % 2);

  async function twoFrames(
    fragmentsOf: (one: Uint8Array, other: Uint8Array) => Uint8Array[],
    more: FixtureElement[] = [],
  ) {
    const [one, other] = [
      await codestream('encodeJpegLs', picture(11)),
      await codestream('encodeJpegLs', picture(22)),
    ];
    const image = imageOf(columns, rows, { fragments: fragmentsOf(one, other) });
    return dicomFile([...image, ['00280008', 'IS', '2'], ...more], encapsulated(uid));
  }

  test.each<[string, (one: Uint8Array, other: Uint8Array) => Uint8Array[]]>([
    ['a fragment each', (one, other) => [offsets(), one, other]],
    [
      'fragments by an offset table',
      (one, other) => [offsets(0, 16 + evenLength(one)), ...halves(one), ...halves(other)],
    ],
    ['fragments without an offset table', (one, other) => [offsets(), ...halves(one), ...halves(other)]],
    ['a wrong offset table', (one, other) => [offsets(0, 3), one, other]],
  ])('are matched by %s', async (_title, fragmentsOf) => {
    const file = await twoFrames(fragmentsOf);
    expect((await samplesOf(file, 0))[0]).toBe(11);
    expect((await samplesOf(file, 1))[0]).toBe(22);
  });

  test('are matched by an extended offset table', async () => {
    const [one] = [await codestream('encodeJpegLs', picture(11))];
    const table = new Uint8Array(BigUint64Array.of(0n, BigInt(16 + evenLength(one))).buffer);
    const file = await twoFrames(
      (first, second) => [offsets(), ...halves(first), ...halves(second)],
      [['7FE00001', 'OV', table]],
    );
    expect((await samplesOf(file, 1))[0]).toBe(22);
  });

  test('are refused if nothing matches them', async () => {
    const file = await twoFrames((one, other) => [
      offsets(),
      ...halves(one),
      other.subarray(3),
      other.subarray(9),
    ]);
    await expect(samplesOf(file, 1)).rejects.toThrow('can’t be told apart into 2 frames');
  });
});

describe('A frame that can’t be decoded is refused, and the next frame is decoded nevertheless', () => {
  const square = { columns, rows, samplesPerPixel: 1, bitsAllocated: 8, bitsStored: 8 } as const;
  const samples = bytesOf(sampleValues(square), 8);
  const fileWith = (codestreamBytes: Uint8Array, uid: string, more: FixtureElement[] = []) =>
    dicomFile(
      [...imageOf(columns, rows, { fragments: [new Uint8Array(), codestreamBytes] }), ...more],
      encapsulated(uid),
    );

  const codecs: [Encoder, string][] = [
    ['encodeRle', '1.2.840.10008.1.2.5'],
    ['encodeJpeg', '1.2.840.10008.1.2.4.70'],
    ['encodeJpegLs', '1.2.840.10008.1.2.4.80'],
    ['encodeJpeg2000', '1.2.840.10008.1.2.4.90'],
  ];

  test.each(codecs)('a truncated frame of %s', async (encoder, uid) => {
    const whole = await codestream(encoder, { ...square, samples });
    const cut = fileWith(whole.subarray(0, 70), uid);
    await expect(samplesOf(cut)).rejects.toThrow(RejectedImage);
    expect(await samplesOf(fileWith(whole, uid))).toEqual([...samples]);
  });

  test.each(codecs.slice(1))('a frame of %s with other dimensions than its file', async (encoder, uid) => {
    const whole = await codestream(encoder, { ...square, samples });
    const file = fileWith(whole, uid, [['00280010', 'US', [65_535]]]);
    await expect(samplesOf(file)).rejects.toThrow(
      'it claims 24×65535 pixels of 1 samples, and its image has 24×18 of 1',
    );
  });

  test('a frame that its decoder would never finish', async () => {
    const uid = '1.2.840.10008.1.2.4.110';
    const whole = await codestream('encodeJpegXl', { ...square, samples });
    const dicom = readDicom(fileWith(whole.subarray(0, 70), uid));
    const pixels = describePixels(dicom);
    if (!pixels) throw new Error('no pixels');
    await expect(decodeFrame(dicom, pixels, 0, { milliseconds: 500 })).rejects.toThrow(
      'takes longer than the 0.5 seconds',
    );
    expect(await samplesOf(fileWith(whole, uid))).toEqual([...samples]);
  });

  test('missing pixels', () => {
    const dicom = readDicom(dicomFile(imageOf(100, 100, Uint8Array.of(1, 2, 3, 4))));
    expect(() => describePixels(dicom)).toThrow('1 frames of 100×100 pixels take 10000 bytes, and it has 4.');
  });

  test('compressed pixels in an uncompressed transfer syntax, or of fewer bits than they have', async () => {
    const whole = await codestream('encodeRle', { ...square, samples });
    const native = fileWith(whole, '1.2.840.10008.1.2.1');
    await expect(samplesOf(native)).rejects.toThrow(/24×18 pixels are 432 samples, and it has \d+/);
    const bits = fileWith(whole, '1.2.840.10008.1.2.5', [
      ['00280100', 'US', [1]],
      ['00280101', 'US', [1]],
    ]);
    await expect(samplesOf(bits)).rejects.toThrow('a segment has more than its pixels');
  });

  test('more pixels than the limit', () => {
    const fragments = [new Uint8Array(), Uint8Array.of(1, 2)];
    const dicom = readDicom(
      dicomFile(imageOf(65_535, 65_535, { fragments }), encapsulated('1.2.840.10008.1.2.4.90')),
    );
    expect(() => describePixels(dicom)).toThrow('65535×65535 pixels; at most 256 MB');
  });

  test('a transfer syntax without a decoder', async () => {
    const file = fileWith(Uint8Array.of(0, 0), '1.2.840.10008.1.2.4.102');
    await expect(samplesOf(file)).rejects.toThrow(
      'in the transfer syntax 1.2.840.10008.1.2.4.102, which can’t be shown',
    );
  });
});
