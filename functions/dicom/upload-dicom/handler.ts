import { DicomStore } from '../../../lib/data/dicom.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { DomainError } from '../../../lib/domain/errors.ts';
import { environment } from '../../../lib/http/environment.ts';
import { type FormRequest, serveForm } from '../../../lib/http/serve-form.ts';
import { RejectedImage } from '../../../lib/media/rejected-image.ts';
import { ObjectWriter } from '../../../lib/storage/object-writer.ts';
import { type TakeDeps, takeDicom } from '../take.ts';
import { operation } from './operation.ts';

export async function handle({ caller, files: [{ bytes }] }: FormRequest<typeof operation>, deps: TakeDeps) {
  const { answer } = await takeDicom(caller, bytes, deps).catch(refuse);
  return { success: true as const, data: answer };
}

function refuse(error: unknown): never {
  if (!(error instanceof RejectedImage)) throw error;
  throw new DomainError('BAD_REQUEST', 'The file can not be taken.', {
    details: [error.reason],
    cause: error,
  });
}

export const handler = serveForm(operation, handle, () => ({
  store: new DicomStore(connectTable(environment.tableName)),
  objects: new ObjectWriter(environment.bucketName),
  now: () => new Date(),
}));
