import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { sharp } from '../../../lib/media/image/libvips.ts';
import { bits, dicomFile, type FixtureElement, imageOf } from '../../fixtures/dicoms.ts';
import { ctSlice } from '../dicom/dicom-file.ts';
import { makePhoto } from '../images/photo.ts';

export const run = promisify(execFile);

/** Pixels to a side of a frame of CT, as scanners make them. */
const SIDE = 512;
const PHOTO = { width: 640, height: 480 };

/** A program of another maker that turns a file into an uncompressed one. */
export interface Decoder {
  program: string;
  /** In front of the two paths. */
  options: string[];
}

/** How frames are encoded, and who decodes them. */
export interface Coding {
  pixels: 'CT' | 'colour';
  encoder: Decoder;
  decoders: Decoder[];
  isLossless: boolean;
}

const gdcm: Decoder = { program: 'gdcmconv', options: ['--raw'] };
const dcmtk = (program: string, ...options: string[]): Decoder => ({ program, options });
const jpeg = [dcmtk('dcmdjpeg'), gdcm];

/** The codings that one of the programs encodes. */
export const codings: Record<string, Coding> = {
  'RLE, CT of 16 bits': {
    pixels: 'CT',
    encoder: dcmtk('dcmcrle'),
    decoders: [dcmtk('dcmdrle'), gdcm],
    isLossless: true,
  },
  'JPEG lossless, CT of 16 bits': {
    pixels: 'CT',
    encoder: dcmtk('dcmcjpeg', '+e1'),
    decoders: jpeg,
    isLossless: true,
  },
  'JPEG extended, CT of 12 bits': {
    pixels: 'CT',
    encoder: dcmtk('dcmcjpeg', '+ee'),
    decoders: jpeg,
    isLossless: false,
  },
  'JPEG baseline, colour of 8 bits': {
    pixels: 'colour',
    encoder: dcmtk('dcmcjpeg', '+eb'),
    decoders: jpeg,
    isLossless: false,
  },
  'JPEG-LS, CT of 16 bits': {
    pixels: 'CT',
    encoder: dcmtk('dcmcjpls'),
    decoders: [dcmtk('dcmdjpls'), gdcm],
    isLossless: true,
  },
  'JPEG 2000, CT of 16 bits': {
    pixels: 'CT',
    encoder: { program: 'gdcmconv', options: ['--j2k'] },
    decoders: [gdcm],
    isLossless: true,
  },
};

/** Whether a program is installed. */
export async function isInstalled({ program }: Decoder): Promise<boolean> {
  return run(program, ['--version']).then(
    () => true,
    () => false,
  );
}

/** Writes the uncompressed files into a folder: the same frames for all codings of a kind of pixels. */
export async function writeFrames(folder: string, frames: number): Promise<Record<Coding['pixels'], string>> {
  const slice = ctSlice({ sopUid: '2.25.1', seriesUid: '2.25.2', studyUid: '2.25.3', patientId: 'P' }, SIDE);
  const grey = slice.subarray(-SIDE * SIDE * 2);
  const colour = await sharp(await makePhoto(PHOTO.width, PHOTO.height))
    .raw()
    .toBuffer();
  const count: FixtureElement = ['00280008', 'IS', String(frames)];
  const repeated = (frame: Buffer) => Buffer.concat(Array.from({ length: frames }, () => frame));
  const files = {
    CT: [...imageOf(SIDE, SIDE, repeated(grey)), ...bits(16, 12), count, classOf('3')],
    colour: [...imageOf(PHOTO.width, PHOTO.height, repeated(colour)), ...rgb, count, classOf('4')],
  };
  const write = (name: Coding['pixels']) => {
    const file = path.join(folder, `${name}.dcm`);
    writeFileSync(file, dicomFile(files[name]));
    return file;
  };
  return { CT: write('CT'), colour: write('colour') };
}

/** Multi-frame Grayscale Word, and True Color, Secondary Capture (PS3.4 B.5); GDCM writes no frames of other classes. */
const classOf = (kind: string): FixtureElement => ['00080016', 'UI', `1.2.840.10008.5.1.4.1.1.7.${kind}`];

const rgb: FixtureElement[] = [
  ['00280002', 'US', [3]],
  ['00280004', 'CS', 'RGB'],
  ['00280006', 'US', [0]],
];
