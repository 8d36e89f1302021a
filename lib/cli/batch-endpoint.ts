import { basename } from 'node:path';
import * as z from 'zod';
import { PICTURE_TYPES } from '../domain/uploads/upload.ts';
import { describeFile } from '../media/formats/describe-file.ts';
import { nameOfType, sniffImageFormat } from '../media/formats/image-format.ts';
import { RefusedRequest, type ServiceClient } from './service-client.ts';
import { type Outcome, outcomeOf, type UploadEndpoint } from './upload-endpoint.ts';

const Uploads = z.object({
  uploads: z.array(
    z.object({ id: z.string(), upload_url: z.url(), headers: z.record(z.string(), z.string()) }),
  ),
});
const Images = z.object({
  images: z.array(z.object({ id: z.string(), status: z.string(), status_reason: z.string().nullable() })),
  next: z.string().nullable(),
});

/** The upload endpoint for images of a batch. */
export const batchEndpoint = (client: ServiceClient, batchId: string): UploadEndpoint => ({
  detectType(head) {
    const format = sniffImageFormat(head);
    const mimeType = PICTURE_TYPES.find((type) => type === format?.mimeType);
    if (mimeType) return { mimeType };
    return {
      reason: `no photograph: ${format ? `a ${nameOfType[format.mimeType]} file` : describeFile(head)}`,
    };
  },
  async requestTargets(files) {
    const body = {
      files: files.map(({ name, bytes: size, mimeType: type, crc32 }) => ({
        name: basename(name).toWellFormed(),
        size,
        type,
        crc32,
      })),
    };
    const path = `/api/images/batches/${batchId}/upload-urls`;
    const { uploads } = await client.json(Uploads, 'POST', path, body);
    return uploads.map(({ id, upload_url: url, headers }) => ({ id, url, headers }));
  },
  async outcomes(ids) {
    const wanted = new Set(ids);
    const found = new Map<string, Outcome>();
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: string = `/api/images?batch_id=${batchId}&limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
      const { images, next }: z.infer<typeof Images> = await client.json(Images, 'GET', page);
      // An expired image never arrived: its file is sent as another one.
      const known = images.filter(({ id, status }) => wanted.has(id) && status !== 'expired');
      for (const { id, status, status_reason: reason } of known) {
        found.set(id, { status: outcomeOf(status), reason: reason ?? undefined });
      }
      cursor = next;
    }
    return found;
  },
  async hasArrived(id) {
    try {
      await client.json(z.unknown(), 'POST', `/api/v1/images/${id}/complete`);
      return true;
    } catch (error) {
      if (error instanceof RefusedRequest && (error.status === 409 || error.status === 404)) return false;
      throw error;
    }
  },
});
