import * as z from 'zod';
import { UPLOADS_PER_STATUS_REQUEST } from '../domain/limits/request-limits.ts';
import { looksLikeDicom } from '../media/dicom/parse/read-dicom.ts';
import { describeFile } from '../media/formats/describe-file.ts';
import type { ServiceClient } from './service-client.ts';
import { outcomeOf, type UploadEndpoint } from './upload-endpoint.ts';

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

/** The upload endpoint for DICOM files. It sends every file that looks like DICOM; the service validates them. */
export const dicomEndpoint = (client: ServiceClient): UploadEndpoint => ({
  detectType(head) {
    if (!looksLikeDicom(head)) return { reason: `no DICOM file: ${describeFile(head)}` };
    if (DICOMDIR.test(head.toString('latin1')))
      return { reason: 'a DICOMDIR: the list of the files, which go by themselves' };
    return { mimeType: 'application/dicom' };
  },
  async requestTargets(files) {
    const body = { files: files.map(({ bytes: fileSize, crc32 }) => ({ fileSize, crc32 })) };
    const { uploads } = await client.json(Uploads, 'POST', '/dicom/upload-urls', body);
    return uploads.map(({ uploadId: id, uploadUrl: url, headers }) => ({ id, url, headers }));
  },
  async outcomes(ids) {
    const found: z.infer<typeof Progress>['uploads'] = [];
    for (let at = 0; at < ids.length; at += UPLOADS_PER_STATUS_REQUEST) {
      const path = `/dicom/uploads?ids=${ids.slice(at, at + UPLOADS_PER_STATUS_REQUEST)}`;
      found.push(...(await client.json(Progress, 'GET', path)).uploads);
    }
    // An expired upload never arrived: its file is sent by another one.
    const known = found.filter(({ status }) => status !== 'expired');
    return new Map(
      known.map(({ uploadId, status, reason }) => [uploadId, { status: outcomeOf(status), reason }]),
    );
  },
  // The same file under the same UID is stored once.
  hasArrived: async () => false,
});
