import type { AttributeReader } from './attribute-reader.ts';

/** The Image Pixel module (PS3.3 C.7.6.3), with the defaults of its sections for missing attributes. */
export interface ImagePixel {
  rows: number | undefined;
  columns: number | undefined;
  samplesPerPixel: number;
  photometricInterpretation: string;
  bitsAllocated: number | undefined;
  bitsStored: number;
  highBit: number;
  isSigned: boolean;
}

export function readImagePixel(image: AttributeReader): ImagePixel {
  const [samplesPerPixel = 1] = image.numbers('00280002');
  const [bitsAllocated] = image.numbers('00280100');
  const bitsStored = image.numbers('00280101')[0] || (bitsAllocated ?? 0);
  return {
    rows: image.numbers('00280010')[0],
    columns: image.numbers('00280011')[0],
    samplesPerPixel,
    photometricInterpretation: (
      image.text('00280004') ?? (samplesPerPixel === 3 ? 'RGB' : 'MONOCHROME2')
    ).toUpperCase(),
    bitsAllocated,
    bitsStored,
    highBit: image.numbers('00280102')[0] ?? bitsStored - 1,
    isSigned: image.numbers('00280103')[0] === 1,
  };
}
