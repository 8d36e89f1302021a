import {
  archiveKey,
  auditHeadKey,
  auditSegmentKey,
  chainLinkKey,
  copyKey,
  dicomJsonKey,
  dicomKey,
  exportedCopyKeys,
  incomingDicomKey,
  incomingKey,
  manifestKey,
  originalKey,
  renditionKey,
  seriesMetadataKey,
} from './object-keys.ts';

/** A kind of object in S3. */
export interface StoredObject {
  /** The bucket by its id in `lib/stack/storage.ts`. */
  bucket: 'Images' | 'AuditSegments';
  key: string;
  holds: string;
}

const image = { id: '<image>' };
const original = originalKey(image, 'image/jpeg');
const dicom = {
  studyUid: '<study UID>',
  seriesUid: '<series UID>',
  sopUid: '<SOP UID>',
  sha256: '<SHA-256 of the file>',
};
const run = { id: '<export>', run: '<run>' };

/** Every kind of object that is stored. `docs/data.md` is made of this list. */
export const STORED_OBJECTS: readonly StoredObject[] = [
  { bucket: 'Images', key: incomingKey(image), holds: 'an image as it was uploaded, not validated' },
  {
    bucket: 'Images',
    key: original,
    holds: 'the original of an image, unchanged; the extension is that of its type',
  },
  ...(
    [
      ['thumbnail', 'a JPEG within 300 × 300 pixels'],
      ['card', 'a JPEG within 400 × 400 pixels'],
      ['png', 'a PNG thumbnail'],
      ['preview', 'a JPEG in place of an original that a browser cannot show'],
    ] as const
  ).map(([name, holds]) => ({ bucket: 'Images' as const, key: renditionKey(original, name), holds })),
  {
    bucket: 'Images',
    key: copyKey(original, '7'),
    holds: 'a copy in another size or format, in one of a few places; a later copy replaces it',
  },
  {
    bucket: 'Images',
    key: incomingDicomKey('<upload>'),
    holds: 'a DICOM file as it was uploaded, not validated',
  },
  { bucket: 'Images', key: dicomKey(dicom), holds: 'a DICOM file, unchanged' },
  {
    bucket: 'Images',
    key: dicomJsonKey(dicom),
    holds: 'the metadata of a DICOM file (PS3.18 F) that are too long for the item of its instance',
  },
  {
    bucket: 'Images',
    key: seriesMetadataKey(dicom),
    holds: 'the metadata of the instances of a series at some moment, gzipped: a cache',
  },
  { bucket: 'Images', key: manifestKey(run, 0), holds: 'the images of an archive of an export' },
  { bucket: 'Images', key: archiveKey(run, 0), holds: 'the ZIP' },
  {
    bucket: 'Images',
    key: exportedCopyKeys(run, 0, 1)[0] ?? '',
    holds: 'a copy of an edited image, for the ZIP',
  },
  {
    bucket: 'AuditSegments',
    key: auditSegmentKey('<day>', '<SHA-256>'),
    holds: 'a segment of the audit log',
  },
  {
    bucket: 'AuditSegments',
    key: auditHeadKey('<day>', 17, '<SHA-256>'),
    holds: 'nothing: its name is the newest link of the chain on this day; locked for 90 days',
  },
  {
    bucket: 'AuditSegments',
    key: chainLinkKey(17),
    holds: "a link of the audit log's hash chain, the newest first",
  },
];
