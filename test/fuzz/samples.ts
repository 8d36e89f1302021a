import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bmp } from '../fixtures/bmps.ts';
import { codestream } from '../fixtures/codestreams.ts';
import { dicomFile, encapsulated, imageOf, syntaxes } from '../fixtures/dicoms.ts';
import { heic } from '../fixtures/heics.ts';
import { pdf } from '../fixtures/pdfs.ts';
import { photo } from '../fixtures/photos.ts';
import { tiffChain } from '../fixtures/tiff-chains.ts';

/** A file that cases are made of. */
export interface Sample {
  name: string;
  bytes: Uint8Array;
}

/** Third-party files beside the project. */
const FOLDERS = ['../../../shared/data', '../../../shared/found'].map((path) =>
  join(import.meta.dirname, path),
);

const KINDS = /\.(?:dcm|jpe?g|png|gif|webp|tiff?|avif|bmp|pdf|dng|hei[cf])$|^[^.]+$/i;

/** The third-party files if they are there, otherwise generated ones; always in the same order. */
export async function readSamples(): Promise<Sample[]> {
  const found = FOLDERS.filter((folder) => existsSync(folder)).flatMap(filesBelow);
  return found.length > 0 ? found : generatedSamples();
}

const filesBelow = (folder: string): Sample[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && KINDS.test(entry.name) && entry.name !== 'LICENSE')
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
    .map((path) => ({ name: path.slice(folder.length + 1), bytes: readFileSync(path) }));

/** One file of each format and of each coding of DICOM pixels. */
export async function generatedSamples(): Promise<Sample[]> {
  const photos = await Promise.all(
    (['jpeg', 'png', 'gif', 'webp', 'tiff', 'avif'] as const).map((format) =>
      photo({ format, width: 64, height: 48, name: `photo.${format}` }),
    ),
  );
  const grey = Uint8Array.from({ length: 64 }, (_value, at) => at * 4);
  const page = { width: 8, height: 8, channels: 1, strips: [grey] };
  const plain = Object.entries(syntaxes).map(([name, syntax]) => ({
    name: `${name}.dcm`,
    bytes: dicomFile(imageOf(8, 8, grey), syntax),
  }));
  const picture = {
    columns: 8,
    rows: 8,
    samplesPerPixel: 1,
    bitsAllocated: 8,
    bitsStored: 8,
    samples: grey,
  } as const;
  const compressed = await Promise.all(
    (
      [
        ['encodeJpegLs', '1.2.840.10008.1.2.4.80'],
        ['encodeJpeg2000', '1.2.840.10008.1.2.4.90'],
        ['encodeHtJpeg2000', '1.2.840.10008.1.2.4.201'],
        ['encodeRle', '1.2.840.10008.1.2.5'],
      ] as const
    ).map(async ([encoder, uid]) => {
      const fragments = [new Uint8Array(0), await codestream(encoder, picture)];
      return { name: `${encoder}.dcm`, bytes: dicomFile(imageOf(8, 8, { fragments }), encapsulated(uid)) };
    }),
  );
  return [
    ...photos.map(({ name, bytes }) => ({ name, bytes })),
    { name: 'pages.tiff', bytes: tiffChain([page, page]) },
    { name: 'grey.bmp', bytes: bmp({ width: 8, height: 8, bits: 24, pixels: Buffer.alloc(192, 90) }) },
    { name: 'page.pdf', bytes: pdf() },
    { name: 'photo.heic', bytes: heic({ grid: { columns: 2, rows: 2 } }) },
    ...plain,
    ...compressed,
  ];
}
