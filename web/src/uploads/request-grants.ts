import { ApiError } from '../api/api-error.ts';
import { api, bodyOf } from '../api/client.ts';
import type { UploadGrant, UploadRecord, UploadTarget } from './upload-record.ts';

/**
 * Requests upload grants for files of one target, in their order.
 *
 * @param key the Idempotency-Key, so that a lost response creates no second set of images
 */
export async function requestGrants(
  target: UploadTarget,
  records: readonly UploadRecord[],
  key: string,
): Promise<UploadGrant[]> {
  if (target.kind === 'case') return [await signForCase(target, records[0] as UploadRecord, key)];
  if (target.kind === 'dicom') return signDicom(records, key);
  const answer = api.POST('/api/images/batches/{id}/upload-urls', {
    params: { path: { id: target.id } },
    headers: { 'Idempotency-Key': key },
    body: {
      files: records.map(({ name, type, bytes, crc32 }) => ({
        name,
        type,
        size: bytes,
        crc32,
        category: 'other' as const,
        caption: '',
        eye_side: target.eyeSide ?? ('unknown' as const),
      })),
    },
  });
  const { uploads } = await bodyOf(answer);
  const { response } = await answer;
  return uploads.map(({ id, upload_url, headers, expires_at }) => ({
    imageId: id,
    url: upload_url,
    headers,
    endsAt: endOf(expires_at, response),
    wasTried: false,
  }));
}

async function signDicom(records: readonly UploadRecord[], key: string): Promise<UploadGrant[]> {
  const answer = api.POST('/dicom/upload-urls', {
    headers: { 'Idempotency-Key': key },
    body: {
      files: records.map(({ name, bytes, crc32 }) => ({ fileName: name, fileSize: bytes, crc32 })),
    },
  });
  const { uploads } = await bodyOf(answer);
  const { response } = await answer;
  return uploads.map(({ uploadId, uploadUrl, headers, expiresAt }) => ({
    imageId: uploadId,
    url: uploadUrl,
    headers,
    endsAt: endOf(expiresAt, response),
    wasTried: false,
  }));
}

async function signForCase(
  target: Extract<UploadTarget, { kind: 'case' }>,
  { name, type, bytes, crc32 }: UploadRecord,
  key: string,
): Promise<UploadGrant> {
  const answer = api.POST('/api/v1/images/upload-url', {
    headers: { 'Idempotency-Key': key },
    body: {
      fileName: name,
      mimeType: type,
      fileSize: bytes,
      crc32,
      caseId: target.id,
      patientId: target.patientId,
      eyeSide: target.eyeSide,
      capturedAt: target.capturedAt,
      category: 'other',
    },
  });
  const { imageId, uploadUrl, headers, expiresAt } = await bodyOf(answer);
  const { response } = await answer;
  return { imageId, url: uploadUrl, headers, endsAt: endOf(expiresAt, response), wasTried: false };
}

/** The end of a grant by this computer's clock, which may be hours wrong: compared directly, every grant would be expired. */
function endOf(expiresAt: string, { headers }: Response): number {
  const now = Date.now();
  const serverNow = Date.parse(headers.get('date') ?? '');
  return now + Date.parse(expiresAt) - (Number.isNaN(serverNow) ? now : serverNow);
}

/** The consequence of a failed grant request for its files. */
export type GrantFailure =
  /** The request should be repeated later. */
  | 'later'
  /** For each refused file its reason; the others may be uploaded without them. */
  | (string | undefined)[];

/** Finds out why no grants were given for these files. */
export function failureOf(error: unknown, files: number, explain: (error: unknown) => string): GrantFailure {
  // 401: continues after the next sign-in. 409: the same request is still in progress.
  if (!(error instanceof ApiError) || [401, 409, 429].includes(error.status) || error.status >= 500) {
    return 'later';
  }
  // `files[3].size must be …` is about one file.
  const reasons = Array.from({ length: files }, (_value, index) =>
    error.details.find((detail) => detail.startsWith(`files[${index}].`))?.replace(/^files\[\d+\]\./, ''),
  );
  return reasons.some((reason) => reason !== undefined) ? reasons : reasons.map(() => explain(error));
}

/** Whether the bytes have arrived, even if the browser got no response. */
export async function hasArrived({ kind }: UploadTarget, imageId: string): Promise<boolean> {
  if (kind === 'dicom') {
    const [found] = await askDicom([imageId]);
    return found !== undefined && !['pending', 'expired'].includes(found.status);
  }
  try {
    await api.POST('/api/v1/images/{id}/complete', { params: { path: { id: imageId } } });
    return true;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 409 || error.status === 404)) return false;
    throw error;
  }
}

/** What became of DICOM files; those that are forgotten are left out. */
export async function askDicom(ids: readonly string[]) {
  const { uploads } = await bodyOf(api.GET('/dicom/uploads', { params: { query: { ids: [...ids] } } }));
  return uploads;
}
