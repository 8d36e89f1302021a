import path from 'node:path';
import * as z from 'zod';
import { DicomUid } from '../../domain/dicom/uids.ts';
import { Id } from '../../domain/identifiers.ts';
import { PRIVATE } from '../../domain/private-attributes.ts';
import { IMAGE_EXTENSIONS } from '../../domain/uploads/upload.ts';
import type { ServiceClient } from '../service-client.ts';
import type { Download } from './download.ts';

// UIDs become file names, so they may contain only digits and dots.
const Uid = z.object({ Value: z.tuple([DicomUid]) });
const Instances = z.array(z.object({ '0020000E': Uid, '00080018': Uid })).default([]);
const Studies = z.array(z.object({ '0020000D': Uid })).default([]);
const Images = z.object({
  images: z.array(
    z.object({
      id: Id,
      batch: Id.nullable(),
      status: z.string(),
      content_type: z.enum(Object.keys(IMAGE_EXTENSIONS) as (keyof typeof IMAGE_EXTENSIONS)[]),
      file_size: z.int(),
    }),
  ),
  next: z.string().nullable(),
});
const PAGE = 1000;

/** Lists the DICOM files of a study, as `<series>/<instance>.dcm`. */
export async function filesOfStudy(study: string, client: ServiceClient): Promise<Download[]> {
  const found = await searchAll(Instances, `/dicom-web/studies/${study}/instances?`, client);
  return found.map(({ '0020000E': series, '00080018': sop }) => ({
    source: `/dicom/wado/${sop.Value[0]}`,
    name: path.join(series.Value[0], `${sop.Value[0]}.dcm`),
    verify: 'sha256',
  }));
}

/** Lists the DICOM files of all studies that belong to a patient, as `<study>/<series>/<instance>.dcm`. */
export async function dicomFilesOf(patient: string, client: ServiceClient): Promise<Download[]> {
  // Without the assignment, the search also finds studies of nobody whose files have this number: perhaps that of another issuer.
  const query = `/dicom-web/studies?PatientID=${encodeURIComponent(patient)}&${PRIVATE.assignment}=ASSIGNED&`;
  const files: Download[] = [];
  for (const { '0020000D': study } of await searchAll(Studies, query, client))
    for (const file of await filesOfStudy(study.Value[0], client))
      files.push({ ...file, name: path.join(study.Value[0], file.name) });
  return files;
}

/** Lists the ready images of a patient: of batches as `images/<batch>/<image>.jpg`, of cases as `images/<image>.jpg`. */
export async function imagesOf(patient: string, client: ServiceClient): Promise<Download[]> {
  const files: Download[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: string = `/api/images?patient_id=${encodeURIComponent(patient)}&limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
    const { images, next }: z.infer<typeof Images> = await client.json(Images, 'GET', page);
    for (const { id, batch, status, content_type: type, file_size: bytes } of images) {
      if (status !== 'ready') continue;
      const name = path.join('images', batch ?? '', `${id}.${IMAGE_EXTENSIONS[type]}`);
      files.push({ source: `/api/images/${id}/data`, name, verify: { bytes } });
    }
    cursor = next;
  }
  return files;
}

/** Returns all results of a search, page by page. */
async function searchAll<T>(schema: z.ZodType<T[]>, query: string, client: ServiceClient): Promise<T[]> {
  const found: T[] = [];
  for (let isMore = true; isMore; ) {
    const page = await client.json(schema, 'GET', `${query}limit=${PAGE}&offset=${found.length}`);
    found.push(...page);
    isMore = page.length === PAGE;
  }
  return found;
}
