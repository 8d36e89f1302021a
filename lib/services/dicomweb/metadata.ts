import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { dicomWebPath } from '../../api/dicomweb.ts';
import type { DescribedInstance } from '../../data/dicom/dicom-items.ts';
import type { DicomStore } from '../../data/dicom/dicom-store.ts';
import type { DicomInstance, DicomSeries } from '../../domain/dicom/dicom-instance.ts';
import { mapInOrder } from '../../domain/in-order.ts';
import { logger } from '../../lambda/http/response.ts';
import { bytesOf } from '../../storage/bytes-of.ts';
import { BULK_DATA, dicomJsonKey, dicomKey, seriesMetadataKey } from '../../storage/object-keys.ts';
import { type SignedObjects, VARIANT_HEADER } from '../../storage/signed-objects.ts';
import { metadataText, unpackMetadata } from '../dicom/metadata-text.ts';
import { type DicomResources, describedInstancesOf, type SeriesInStudy } from './dicom-resources.ts';

export interface MetadataDeps {
  dicomStore: DicomResources & Pick<DicomStore, 'describedInstances'>;
  objects: Pick<SignedObjects, 'read' | 'find' | 'replace'>;
  now: () => Date;
}

/** Part of the cache key: increase it when the same instances give another text. */
const VERSION = 1;

/**
 * A series without a new instance for this time gets its metadata cached as one object. Short, because a viewer opens a
 * series right after it arrives. Not shorter, because a scanner sends several instances a second, and each would cause
 * another object.
 */
const QUIET_MS = 5000;

/** Objects read in parallel. */
const AT_ONCE = 32;

/**
 * Returns the metadata of a series' instances, separated by commas. Each `BulkDataURI` begins with `instances/`.
 *
 * The metadata of an instance never changes, so those of a series change only with its instances. They are cached as
 * one object, which contains the number of instances and the last change for which it is valid. If these differ, the
 * instances' own metadata are read. So the result is always correct, and concurrent writers do no harm.
 */
export async function metadataOfSeries(found: SeriesInStudy, deps: MetadataDeps): Promise<string> {
  const { series } = found;
  const { objects, now } = deps;
  const key = seriesMetadataKey(series);
  const variant = `${VERSION}-${series.instances}-${Date.parse(series.changedAt)}`;
  const isQuiet = now().getTime() - Date.parse(series.changedAt) >= QUIET_MS;
  const cached = isQuiet ? await objects.find(key) : undefined;
  if (cached?.headers[VARIANT_HEADER] === variant) {
    return (await promisify(gunzip)(await bytesOf(cached))).toString();
  }
  cached?.destroy();
  const instances = await describedInstancesOf(found, deps.dicomStore);
  const texts = mapInOrder(instances, AT_ONCE, (instance) => metadataOfInstance(instance, deps));
  const composed = (await Array.fromAsync(texts)).join(',');
  if (isQuiet && instances.length === series.instances) {
    await objects.replace(key, {
      bytes: await promisify(gzip)(composed),
      mimeType: 'application/gzip',
      variant,
    });
  }
  return composed;
}

/**
 * Returns the metadata that were stored with the file. If they are missing or damaged, they are read from the file again: one
 * instance must not keep a series closed. A file that is missing as well is an error.
 */
async function storedMetadata(instance: DescribedInstance, { objects }: Pick<MetadataDeps, 'objects'>) {
  const json =
    instance.metadata === undefined ? await readMetadata(instance, objects) : unpacked(instance.metadata);
  if (json !== undefined) return json;
  logger.error('the metadata of an instance are missing or damaged', { key: dicomJsonKey(instance) });
  const file = await bytesOf(await objects.read(dicomKey(instance), undefined, instance.bytes));
  const { describeDicom } = await import('../../media/dicom/parse/describe-dicom.ts');
  return metadataText(
    describeDicom(file, (path) => BULK_DATA + path),
    instance,
  );
}

function unpacked(metadata: string): string | undefined {
  try {
    return unpackMetadata(metadata);
  } catch {
    return undefined;
  }
}

async function readMetadata(instance: DescribedInstance, objects: Pick<SignedObjects, 'find'>) {
  const found = await objects.find(dicomJsonKey(instance));
  const json = found && (await text(found));
  return json !== undefined && isObject(json) ? json : undefined;
}

function isObject(json: string): boolean {
  try {
    const parsed: unknown = JSON.parse(json);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}

/** Returns the metadata of an instance. Each `BulkDataURI` begins with `instances/`. */
export async function metadataOfInstance(
  instance: DescribedInstance,
  { objects }: Pick<MetadataDeps, 'objects'>,
): Promise<string> {
  const stored = await storedMetadata(instance, { objects });
  return (
    stored
      // In JSON, a quote within a string has a backslash before it. So these matches are keys and values, never parts
      // of a text.
      .replaceAll(BULK_DATA_URI, (_match, path: string) => {
        return `"BulkDataURI":"instances/${instance.sopUid}/bulkdata/${path.replaceAll('/', '.')}"`;
      })
      // The text is in UTF-8, whatever the character set of the file (PS3.18 F.2).
      .replaceAll(CHARACTER_SET, '"00080005":{"vr":"CS","Value":["ISO_IR 192"]}')
  );
}

const BULK_DATA_URI = new RegExp(`"BulkDataURI":"${BULK_DATA}([^"]*)"`, 'g');
const CHARACTER_SET = /"00080005":\{"vr":"CS"(?:,"Value":\[(?:"(?:[^"\\]|\\.)*"|null|,)*\])?\}/g;

/** Makes the URIs absolute, with the host name in the client's request (PS3.18 F.2.6). */
export function withUris(
  metadata: string,
  { studyUid: study, seriesUid: series }: DicomSeries | DicomInstance,
  origin: string,
) {
  const base = `${origin}${dicomWebPath({ study, series })}/`;
  return metadata.replaceAll('"BulkDataURI":"instances/', `"BulkDataURI":"${base}instances/`);
}

/** Streams a JSON array of texts. */
export async function* arrayOf(texts: AsyncGenerator<string>): AsyncGenerator<Buffer> {
  let before = '[';
  for await (const text of texts) {
    yield Buffer.from(before + text);
    before = ',';
  }
  yield Buffer.from(before === '[' ? '[]' : ']');
}
