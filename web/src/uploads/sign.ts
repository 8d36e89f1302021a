import { ApiError } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { Signed, UploadRecord, UploadTarget } from './upload-record.ts';

/** As many as one request may ask for. */
export const MOST_AT_ONCE = 200;

/**
 * Asks for leave to send files that have one target, in their order.
 *
 * @param key by which the service knows the same wish again, so that a lost answer makes no second set of images
 */
export async function sign(
  target: UploadTarget,
  records: readonly UploadRecord[],
  key: string,
): Promise<Signed[]> {
  if (target.kind === 'case') return [await signForCase(target, records[0] as UploadRecord, key)];
  const { uploads } = await bodyOf(
    api.POST('/api/images/batches/{id}/upload-urls', {
      params: { path: { id: target.id } },
      headers: { 'Idempotency-Key': key },
      body: {
        files: records.map(({ name, type, file, crc32 }) => ({
          name,
          type,
          size: file.size,
          crc32,
          category: 'other' as const,
          caption: '',
        })),
      },
    }),
  );
  return uploads.map(({ id, upload_url, headers, expires_at }) => ({
    imageId: id,
    url: upload_url,
    headers,
    expiresAt: expires_at,
  }));
}

async function signForCase(
  target: Extract<UploadTarget, { kind: 'case' }>,
  { name, type, file, crc32 }: UploadRecord,
  key: string,
): Promise<Signed> {
  const { imageId, uploadUrl, headers, expiresAt } = await bodyOf(
    api.POST('/api/v1/images/upload-url', {
      headers: { 'Idempotency-Key': key },
      body: {
        fileName: name,
        mimeType: type,
        fileSize: file.size,
        crc32,
        caseId: target.id,
        patientId: target.patientId,
        eyeSide: target.eyeSide,
        capturedAt: target.capturedAt,
        category: 'other',
      },
    }),
  );
  return { imageId, url: uploadUrl, headers, expiresAt };
}

/** Whether the bytes of an image have arrived, whatever the browser heard of it. */
export async function hasArrived(imageId: string): Promise<boolean> {
  try {
    await api.POST('/api/v1/images/{id}/complete', { params: { path: { id: imageId } } });
    return true;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 409 || error.status === 404)) return false;
    throw error;
  }
}
