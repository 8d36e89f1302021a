import { Readable } from 'node:stream';
import type { ServiceClient } from '../cli/service-client.ts';
import { DicomUid } from '../domain/dicom/uids.ts';
import type { DataSet } from '../media/dicom/parse/data-set.ts';
import { textValues } from '../media/dicom/parse/text-values.ts';
import { partsOf } from './http/multipart-stream.ts';
import { type Level, search, TAG } from './search.ts';
import { type StrippedFile, stripFileMeta } from './strip-file-meta.ts';

/** An instance that the service has. */
export interface StoredInstance {
  study: string;
  series: string;
  sopInstance: string;
  sopClass: string;
  transferSyntax: string;
}

/** The attribute that names what is retrieved at a level (PS3.4 C.4.2.1.4). */
const KEY: Record<Level, string> = {
  PATIENT: TAG.patientId,
  STUDY: TAG.study,
  SERIES: TAG.series,
  IMAGE: TAG.sopInstance,
};

/**
 * Finds the instances that a retrieval names.
 *
 * @throws RangeError if it does not name what it retrieves: that would be everything
 */
export async function findInstances(
  client: ServiceClient,
  level: Level,
  identifier: DataSet,
): Promise<StoredInstance[]> {
  const keys = textValues(identifier, KEY[level]);
  if (keys.length === 0 || keys.some((key) => key === '' || /[*?]/.test(key)))
    throw new RangeError(`Expected a value of ${KEY[level]} at the level ${level}`);
  const found: StoredInstance[] = [];
  for await (const result of search(client, 'IMAGE', identifier).results) {
    const uid = (tag: string) => DicomUid.parse(result[tag]?.Value?.[0]);
    found.push({
      study: uid(TAG.study),
      series: uid(TAG.series),
      sopInstance: uid(TAG.sopInstance),
      sopClass: uid(TAG.sopClass),
      transferSyntax: uid(TAG.transferSyntax),
    });
  }
  return found;
}

/**
 * Retrieves an instance (WADO-RS, PS3.18 10.4) as it is stored, or decoded if another transfer syntax is asked for.
 *
 * @throws RefusedRequest if the service can not decode it without a loss
 */
export async function openInstance(
  client: ServiceClient,
  { study, series, sopInstance, transferSyntax: stored }: StoredInstance,
  transferSyntax: string,
): Promise<StrippedFile> {
  const path = `/dicom-web/studies/${study}/series/${series}/instances/${sopInstance}`;
  const syntax = transferSyntax === stored ? '*' : transferSyntax;
  const accept = `multipart/related; type="application/dicom"; transfer-syntax=${syntax}`;
  const response = await client.send('GET', path, { accept });
  const type = response.headers.get('content-type') ?? '';
  const [, boundary] = /boundary="?([^";]+)/.exec(type) ?? [];
  if (!boundary || !response.body) throw new Error(`the service answered with ${type}`);
  const body: AsyncIterable<Buffer> = Readable.fromWeb(
    response.body as Parameters<typeof Readable.fromWeb>[0],
  );
  for await (const part of partsOf(body, boundary)) {
    // The generator stays open while its first part is read.
    return await stripFileMeta(part);
  }
  throw new Error('the service answered without an instance');
}
