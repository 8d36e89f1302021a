import { DomainError } from '../../../lib/domain/errors.ts';
import { ingestion } from '../../../lib/lambda/dependencies.ts';
import { type FormRequest, serveForm } from '../../../lib/lambda/http/serve-form.ts';
import { RejectedImage } from '../../../lib/media/rejected-image.ts';
import { type IngestDeps, ingestDicom, inspectDicom } from '../../../lib/services/dicom/ingest-dicom.ts';
import { operation } from './operation.ts';

export async function handle(
  { caller, files: [{ bytes }] }: FormRequest<typeof operation>,
  deps: IngestDeps,
) {
  const dicom = inspect(() => inspectDicom(caller, bytes, deps));
  const { answer: data } = await ingestDicom(caller, dicom, bytes, deps);
  return { success: true as const, data };
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

export const handler = serveForm(operation, handle, ingestion);
