import type { Image } from '../domain/images/image.ts';
import { IMAGE_EXTENSIONS } from '../domain/uploads/upload.ts';

/**
 * The prefixes whose objects expire, and after how many days. An upload is deleted when it has been checked. So what
 * expires was never checked, and must outlive the messages about it: 14 days in a queue (SQS developer guide, "Message
 * quotas"), as many again after each redrive from the dead-letter queue, and the time in which somebody mends the fault.
 */
export const EXPIRE_AFTER_DAYS = { 'incoming/': 90, 'incoming-dicom/': 90, 'exports/': 1 } as const;

/** The small copies of an image. */
export type RenditionName = 'thumbnail' | 'card' | 'png' | 'preview';

const SUFFIX: Record<RenditionName, string> = {
  thumbnail: '_thumb.jpg',
  card: '_card.jpg',
  png: '_thumb.png',
  preview: '_preview.jpg',
};

/**
 * Keys of images hold their ids and nothing else. So an image is given to another patient without copying it, and no
 * URL, log or access log of S3 contains a patient number.
 */
type Identified = Pick<Image, 'id'>;

/** Uploads through presigned URLs, not yet validated. */
export const INCOMING = 'incoming/';
export const incomingKey = ({ id }: Identified) => `${INCOMING}${id}`;

/** The image that a key under `incoming/` belongs to. */
export const imageIdOfIncoming = (key: string) => key.slice(INCOMING.length);

/** Where the original lies once it is known to be one. */
export const originalKey = ({ id }: Identified, mimeType: keyof typeof IMAGE_EXTENSIONS): string =>
  `${IMAGES}${id}.${IMAGE_EXTENSIONS[mimeType]}`;
export const IMAGES = 'images/';

/** The image whose original lies at the key. */
export const imageIdOfOriginal = (key: string) => key.slice(IMAGES.length).replace(/\.[a-z]+$/, '');

/** Where a rendition lies, beside its original. */
export const renditionKey = (original: string, name: RenditionName): string =>
  original.replace(/\.[a-z]+$/, '') + SUFFIX[name];

/** How many re-encoded copies of an image are kept. */
const COPY_PLACES = 16;

/**
 * Where a copy is kept, beside its original. Any text can be a watermark, so that there is no end of copies: each has
 * one of a few places, and takes it from the copy that had it. So all of them follow from the image's key, as
 * `allKeysOf` needs it, and a disk full of copies can't be ordered.
 *
 * @param variant a hash of what makes the copy what it is, in hexadecimal
 */
export const copyKey = (original: string, variant: string): string =>
  original.replace(/\.[a-z]+$/, '') + copySuffix(Number.parseInt(variant.slice(0, 8), 16) % COPY_PLACES);
const copySuffix = (place: number) => `_copy${place}`;

/** The image that an object under `images/` belongs to. */
export const imageIdOfStored = (key: string) => key.slice(IMAGES.length, IMAGES.length + UUID_CHARACTERS);
const UUID_CHARACTERS = 36;

/** Every object that may have been made of an upload: they follow from the id, so that erasing needs no other item. */
export function allKeysOf(image: Identified): string[] {
  const endings = [
    ...Object.values(IMAGE_EXTENSIONS).map((extension) => `.${extension}`),
    ...Object.values(SUFFIX),
    ...Array.from({ length: COPY_PLACES }, (_value, place) => copySuffix(place)),
  ];
  return [incomingKey(image), ...endings.map((ending) => `${IMAGES}${image.id}${ending}`)];
}

/** Where signed URLs put DICOM files; apart, for S3 takes no two receivers of one prefix. */
export const INCOMING_DICOM = 'incoming-dicom/';
export const incomingDicomKey = (uploadId: string) => `${INCOMING_DICOM}${uploadId}`;
export const uploadIdOfIncomingDicom = (key: string) => key.slice(INCOMING_DICOM.length);

/** Where DICOM files lie, each with its metadata beside it. */
export const DICOM = 'dicom/';
interface StoredDicom {
  studyUid: string;
  seriesUid: string;
  sopUid: string;
  sha256: string;
}

/**
 * Where a DICOM file lies as it came. Its hash is in the key: of two files that claim one SOP Instance UID at the same
 * moment, neither can lie where the other one is looked for, whichever of them is then taken.
 */
export const dicomKey = ({ studyUid, seriesUid, sopUid, sha256 }: StoredDicom) =>
  `${DICOM}${studyUid}/${seriesUid}/${sopUid}/${sha256}.dcm`;

/** Its whole metadata as DICOM JSON (PS3.18 F), if they are too long for the item of its instance; written once; every `BulkDataURI` is `bulkdata/<path>` (`readBulkData`). */
export const dicomJsonKey = (instance: StoredDicom) => dicomKey(instance).replace(/dcm$/, 'json');
export const BULK_DATA = 'bulkdata/';

/** The instance and the hash in the key of a DICOM file or of its metadata; undefined for the metadata of a series. */
export function dicomFileOf(key: string): { key: string; sopUid: string; sha256: string } | undefined {
  const [, sopUid, sha256] = /\/([0-9.]+)\/([0-9a-f]{64})\.(?:dcm|json)$/.exec(key) ?? [];
  return sopUid && sha256 ? { key, sopUid, sha256 } : undefined;
}

/** Where the audit log's segments lie: nothing of it ever goes. */
export const AUDIT = 'audit/';
/** The links of its hash chain. S3 lists keys in ascending order, so numbers in keys count down: the newest is first. */
export const AUDIT_CHAIN = `${AUDIT}chain/`;
export const chainLinkKey = (number: number) =>
  `${AUDIT_CHAIN}${String(HIGHEST_LINK - number).padStart(10, '0')}-${number}.json`;
export const numberOfLink = (key: string) => Number(/-(\d+)\.json$/.exec(key)?.[1]);
const HIGHEST_LINK = 9_999_999_999;
/** The heads of the chain that verifications recorded, by the day of the verification. */
export const AUDIT_HEADS = `${AUDIT}heads/`;
/** The name has everything, so that a list of the names is enough. */
export const auditHeadKey = (day: string, number: number, hash: string) =>
  `${AUDIT_HEADS}${day}/${number}-${hash}`;
/** A segment, under the day of its events, in the form that Athena's partition projection finds. */
export const auditSegmentKey = (day: string, hash: string) => `${auditSegmentsOf(day)}${hash}.json.gz`;
export const auditSegmentsOf = (day: string) => `${AUDIT}events/day=${day}/`;

/** Where exports are written; what is there goes by itself after a day. */
export const EXPORTS = 'exports/';
export const MANIFEST = '/manifest.json';
interface ExportRun {
  id: string;
  run: string;
}
/** The manifest and the ZIP of each archive of an export. */
export const manifestKey = (each: ExportRun, archive: number) => `${ofArchive(each, archive)}${MANIFEST}`;
export const archiveKey = (each: ExportRun, archive: number) => `${ofArchive(each, archive)}/archive.zip`;
/** The copies of edited images that an archive contains. */
export const exportedCopyKeys = (each: ExportRun, archive: number, copies = 0) =>
  Array.from({ length: copies }, (_value, index) => `${ofArchive(each, archive)}/copies/${index}.jpg`);
/** Every object of an archive. */
export const allKeysOfArchive = (each: ExportRun, archive: number, copies?: number) => [
  manifestKey(each, archive),
  archiveKey(each, archive),
  ...exportedCopyKeys(each, archive, copies),
];
const ofArchive = ({ id, run }: ExportRun, archive: number) => `${EXPORTS}${id}/${run}/${archive}`;

/** The archive of an export that a manifest belongs to. */
export function archiveOfManifest(key: string): ExportRun & { archive: number } {
  const [id = '', run = '', archive] = key.slice(EXPORTS.length).split('/');
  return { id, run, archive: Number(archive) };
}

/** The metadata of all instances of a series, as they were at some moment; see `lib/services/dicomweb/metadata.ts`. */
export const seriesMetadataKey = ({ studyUid, seriesUid }: Pick<StoredDicom, 'studyUid' | 'seriesUid'>) =>
  `${DICOM}${studyUid}/${seriesUid}/metadata.json.gz`;
