import { dicomUploadUrl } from '../../../lib/api/views/dicom-upload.ts';
import { DomainError } from '../../../lib/domain/errors.ts';
import { reception } from '../../../lib/lambda/dependencies.ts';
import { PartialSuccess } from '../../../lib/lambda/http/serve.ts';
import { type FormRequest, serveForm } from '../../../lib/lambda/http/serve-form.ts';
import { RejectedImage } from '../../../lib/media/rejected-image.ts';
import { inspectDicom } from '../../../lib/services/dicom/ingest-dicom.ts';
import { type ReceiveDeps, receiveDicom } from '../../../lib/services/dicom/receive-dicom.ts';
import { operation } from './operation.ts';

export async function handle(
  { caller, files: [{ bytes }] }: FormRequest<typeof operation>,
  deps: ReceiveDeps,
) {
  const dicom = inspect(() => inspectDicom(caller, bytes, deps));
  const { answer: data, uploadId } = await receiveDicom(caller, dicom, bytes, deps);
  if (uploadId === undefined) return { success: true as const, data };
  return new PartialSuccess({ success: true as const, data, uploadId, statusUrl: dicomUploadUrl(uploadId) });
}

function inspect<T>(inspectFile: () => T): T {
  try {
    return inspectFile();
  } catch (error) {
    if (!(error instanceof RejectedImage)) throw error;
    const details = [error.reason];
    throw new DomainError('BAD_REQUEST', 'The file can not be taken.', { details, cause: error });
  }
}

export const handler = serveForm(operation, handle, reception);
