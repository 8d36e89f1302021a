import { buffer, text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { dicomWebPath } from '../../api/dicomweb.ts';
import type { DicomInstance, DicomSeries } from '../../domain/dicom/dicom-instance.ts';
import { mapInOrder } from '../../domain/in-order.ts';
import { BULK_DATA, dicomJsonKey, seriesMetadataKey } from '../../storage/object-keys.ts';
import { type SignedObjects, VARIANT_HEADER } from '../../storage/signed-objects.ts';
import { type DicomResources, instancesOf, type SeriesInStudy } from './dicom-resources.ts';

export interface MetadataDeps {
  dicomStore: DicomResources;
  objects: Pick<SignedObjects, 'read' | 'find' | 'replace'>;
  now: () => Date;
}

/** Part of what is kept: raise it when the same instances give another text. */
const VERSION = 1;

/**
 * A series to which nothing came for so long gets its metadata kept as one object. Short, since a viewer opens what has
 * just come; while a scanner sends, instances come several a second, and each would need another object.
 */
const QUIET_MS = 5000;

/** Objects that are read at the same time. */
const AT_ONCE = 32;

/**
 * The metadata of a series' instances, one after the other with commas between; a `BulkDataURI` begins with `instances/`.
 *
 * The instances' own metadata never change, so that those of a series change only with what is in it. They are kept as
 * one object, which says for which count of instances and which last change it is: whoever finds another reads the
 * instances' own. So they are right at every moment, and two who write at once do no harm.
 */
export async function metadataOfSeries(found: SeriesInStudy, deps: MetadataDeps): Promise<string> {
  const { series } = found;
  const { objects, now } = deps;
  const key = seriesMetadataKey(series);
  const variant = `${VERSION}-${series.instances}-${Date.parse(series.changedAt)}`;
  const isQuiet = now().getTime() - Date.parse(series.changedAt) >= QUIET_MS;
  const cached = isQuiet ? await objects.find(key) : undefined;
  if (cached?.headers[VARIANT_HEADER] === variant) {
    return (await promisify(gunzip)(await buffer(cached))).toString();
  }
  cached?.destroy();
  const instances = await instancesOf(found, deps.dicomStore);
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

/** The metadata of an instance; a `BulkDataURI` begins with `instances/`. */
export async function metadataOfInstance(
  instance: DicomInstance,
  { objects }: Pick<MetadataDeps, 'objects'>,
): Promise<string> {
  const json = await text(await objects.read(dicomJsonKey(instance)));
  return (
    json
      // In JSON no quote within a string is without its backslash: these are keys and values, never parts of a text.
      .replaceAll(BULK_DATA_URI, (_match, path: string) => {
        return `"BulkDataURI":"instances/${instance.sopUid}/bulkdata/${path.replaceAll('/', '.')}"`;
      })
      // The text is in UTF-8, whatever the file is in (PS3.18 F.2).
      .replaceAll(CHARACTER_SET, '"00080005":{"vr":"CS","Value":["ISO_IR 192"]}')
  );
}

const BULK_DATA_URI = new RegExp(`"BulkDataURI":"${BULK_DATA}([^"]*)"`, 'g');
const CHARACTER_SET = /"00080005":\{"vr":"CS"(?:,"Value":\[[^\]]*\])?\}/g;

/** With URIs that lead whoever asks to this service, by the name that they know (PS3.18 F.2.6). */
export function withUris(
  metadata: string,
  { studyUid: study, seriesUid: series }: DicomSeries | DicomInstance,
  origin: string,
) {
  const base = `${origin}${dicomWebPath({ study, series })}/`;
  return metadata.replaceAll('"BulkDataURI":"instances/', `"BulkDataURI":"${base}instances/`);
}

/** A JSON array of texts, as its bytes come. */
export async function* arrayOf(texts: AsyncGenerator<string>): AsyncGenerator<Buffer> {
  let before = '[';
  for await (const text of texts) {
    yield Buffer.from(before + text);
    before = ',';
  }
  yield Buffer.from(before === '[' ? '[]' : ']');
}
