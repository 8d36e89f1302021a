import * as z from 'zod';
import { UPLOADS_PER_QUESTION } from '../domain/fixed-limits.ts';
import { describeFile } from '../media/describe-file.ts';
import { looksLikeDicom } from '../media/dicom/read-dicom.ts';
import type { Door } from './door.ts';
import type { ServiceClient } from './service-client.ts';

const Uploads = z.object({
  uploads: z.array(
    z.object({ uploadId: z.string(), uploadUrl: z.url(), headers: z.record(z.string(), z.string()) }),
  ),
});
const Progress = z.object({
  uploads: z.array(z.object({ uploadId: z.string(), status: z.string(), reason: z.string().optional() })),
});

/** The SOP class of a DICOMDIR (PS3.4 B.5), which its meta information names. */
const DICOMDIR = /1\.2\.840\.10008\.1\.3\.10(?![\d.])/;

/** The way in for DICOM files: whatever looks like one goes, and the service decides. */
export const dicomDoor = (client: ServiceClient): Door => ({
  look(head) {
    if (!looksLikeDicom(head)) return { reason: `no DICOM file: ${describeFile(head)}` };
    if (DICOMDIR.test(head.toString('latin1')))
      return { reason: 'a DICOMDIR: the list of the files, which go by themselves' };
    return { mimeType: 'application/dicom' };
  },
  async announce(files) {
    const body = { files: files.map(({ bytes: fileSize, crc32 }) => ({ fileSize, crc32 })) };
    const { uploads } = await client.json(Uploads, 'POST', '/dicom/upload-urls', body);
    return uploads.map(({ uploadId: id, uploadUrl: url, headers }) => ({ id, url, headers }));
  },
  async outcomes(ids) {
    const found: z.infer<typeof Progress>['uploads'] = [];
    for (let at = 0; at < ids.length; at += UPLOADS_PER_QUESTION) {
      const path = `/dicom/uploads?ids=${ids.slice(at, at + UPLOADS_PER_QUESTION)}`;
      found.push(...(await client.json(Progress, 'GET', path)).uploads);
    }
    return new Map(
      found.map(({ uploadId, status, reason }) => [
        uploadId,
        { status: status === 'pending' || status === 'stored' ? status : 'refused', reason },
      ]),
    );
  },
  // The same file under the same UID is stored once.
  hasArrived: async () => false,
});
