import type { Image } from '../domain/image.ts';
import { IMAGE_EXTENSIONS } from '../domain/upload.ts';

/** The small copies of an image. */
export type RenditionName = 'thumbnail' | 'card' | 'png' | 'preview';

const SUFFIX: Record<RenditionName, string> = {
  thumbnail: '_thumb.jpg',
  card: '_card.jpg',
  png: '_thumb.png',
  preview: '_preview.jpg',
};

/** Where signed URLs put bytes that nobody has looked at yet; what is there goes by itself after a day. */
export const INCOMING = 'incoming/';
export const incomingKey = (imageId: string) => `${INCOMING}${imageId}`;

/** The image that a key under `incoming/` belongs to. */
export const imageIdOfIncoming = (key: string) => key.slice(INCOMING.length);

/** `images/<patient>/<batch>/<image>.<ext>`, the layout of the Batches seed; a case stands for the batch elsewhere. */
export function originalKey(image: Image, mimeType: keyof typeof IMAGE_EXTENSIONS): string {
  const folder = image.batchId ?? `case-${image.caseId}`;
  return `images/${image.patientId}/${folder}/${image.id}.${IMAGE_EXTENSIONS[mimeType]}`;
}

/** Where a rendition lies, beside its original. */
export const renditionKey = (original: string, name: RenditionName): string =>
  original.replace(/\.[a-z]+$/, '') + SUFFIX[name];

/** Every object that an image has or may have. */
export const allKeysOf = (image: Image): string[] => [
  incomingKey(image.id),
  ...(image.key === undefined
    ? []
    : [
        image.key,
        ...Object.keys(SUFFIX).map((name) => renditionKey(image.key ?? '', name as RenditionName)),
      ]),
];

/** Where exports are written; what is there goes by itself after a day. */
export const EXPORTS = 'exports/';
export const MANIFEST = '/manifest.json';
interface ExportRun {
  id: string;
  run: string;
}
export const manifestKey = ({ id, run }: ExportRun) => `${EXPORTS}${id}/${run}${MANIFEST}`;
export const archiveKey = ({ id, run }: ExportRun) => `${EXPORTS}${id}/${run}/archive.zip`;

/** The run of an export that a manifest belongs to. */
export function runOfManifest(key: string): ExportRun {
  const [id = '', run = ''] = key.slice(EXPORTS.length).split('/');
  return { id, run };
}
