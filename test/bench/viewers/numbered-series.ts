import { writesOf } from '../../../lib/data/dicom/dicom-writes.ts';
import { newDicom } from '../../../lib/domain/dicom/dicom-instance.ts';
import { describeDicom } from '../../../lib/media/dicom/parse/describe-dicom.ts';
import { metadataText, packMetadata } from '../../../lib/services/dicom/metadata-text.ts';
import { BULK_DATA, dicomKey } from '../../../lib/storage/object-keys.ts';
import { ctSlice } from '../dicom/dicom-file.ts';
import type { BenchObject } from '../put-objects.ts';

/** Pixels of a slice, in each direction. */
export const SIDE = 512;
/** The number of a slice is drawn in its middle, as squares of this size: its bits, between two white ones. */
export const SQUARE = 20;
export const BITS = 11;

const WHITE = 3000;
const BLACK = 0;

/** CT slices of which one can see which one is drawn: the only series of a study. */
export interface NumberedSeries {
  study: string;
  patientId: string;
  count: number;
}

/** The items of the table, as storing the slices would leave them. */
export function* itemsOfSeries(of: NumberedSeries): Generator<Record<string, unknown>> {
  for (let number = 1; number <= of.count; number++) {
    const dicom = describedSlice(of, number);
    const [instance, ...others] = writesOf([dicom]).flatMap((write) =>
      'Put' in write ? [write.Put.Item] : [],
    );
    if (instance) yield instance;
    const counts = {
      instances: of.count,
      keptInstances: of.count,
      keptBytes: of.count * dicom.instance.bytes,
    };
    // The series and its study are the same for all slices.
    if (number === 1) for (const item of others) yield { ...item, ...('keptInstances' in item && counts) };
  }
}

/** The objects of the bucket, as storing the slices would leave them. */
export function* objectsOfSeries(of: NumberedSeries): Generator<BenchObject> {
  for (let number = 1; number <= of.count; number++) {
    const Key = dicomKey({ ...uidsOf(of, number), sha256: hashOf(number) });
    yield { Key, Body: numberedSlice(of, number), ContentType: 'application/dicom' };
  }
}

/** Long enough ago for the series to be at rest. */
const STORED_AT = new Date('2026-01-01T00:00:00Z');

function describedSlice(of: NumberedSeries, number: number) {
  const file = numberedSlice(of, number);
  const described = describeDicom(file, (path) => BULK_DATA + path);
  const caller = { role: 'staff', subject: 'bench' } as const;
  const stored = { bytes: file.length, sha256: hashOf(number) };
  const dicom = newDicom(described, stored, caller, [], STORED_AT);
  const metadata = packMetadata(metadataText(described, dicom.instance));
  return { ...dicom, instance: { ...dicom.instance, metadata } };
}

/** No hash, but as unique as one. */
const hashOf = (number: number) => number.toString(16).padStart(64, '0');

const uidsOf = ({ study }: NumberedSeries, number: number) => ({
  studyUid: study,
  seriesUid: `${study}.1`,
  sopUid: `${study}.1.${number}`,
});

function numberedSlice(of: NumberedSeries, number: number): Buffer<ArrayBuffer> {
  // From the head downwards: in this order, one viewer sorts by numbers and another by positions.
  const file = ctSlice({ ...uidsOf(of, number), patientId: of.patientId, number, position: -number }, SIDE);
  const squares = `1${number.toString(2).padStart(BITS, '0')}1`;
  const [top, left] = [(SIDE - SQUARE) / 2, (SIDE - squares.length * SQUARE) / 2];
  const pixels = file.length - SIDE * SIDE * 2;
  for (let y = 0; y < SQUARE; y++)
    for (let x = 0; x < squares.length * SQUARE; x++) {
      const value = squares[Math.floor(x / SQUARE)] === '1' ? WHITE : BLACK;
      file.writeUInt16LE(value, pixels + ((top + y) * SIDE + left + x) * 2);
    }
  return file;
}
