import { readDicom } from '../../lib/media/dicom/parse/read-dicom.ts';
import type { Uids } from '../fixtures/dicom-uploads.ts';
import { type FixtureElement, imageOf } from '../fixtures/dicoms.ts';

/** The elements of a grey image of `side` × `side` bytes. */
export const greyImage = (uids: Uids, side = 8): FixtureElement[] => [
  ...imageOf(side, side, Buffer.alloc(side * side, 7)),
  ['00080018', 'UI', uids.sop],
  ['0020000D', 'UI', uids.study],
  ['0020000E', 'UI', uids.series],
];

/** The bytes of a file without its meta information. */
export function dataSetOf(file: Buffer): Buffer {
  const { meta } = readDicom(file);
  return file.subarray(Math.max(...[...meta.elements.values()].map(({ offset, length }) => offset + length)));
}
