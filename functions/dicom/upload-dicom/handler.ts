import { DomainError } from '../../../lib/domain/errors.ts';
import { type FormRequest, serveForm } from '../../../lib/http/serve-form.ts';
import { RejectedImage } from '../../../lib/media/rejected-image.ts';
import { connectTake, lookAtDicom, type TakeDeps, takeDicom } from '../take.ts';
import { operation } from './operation.ts';

export async function handle({ caller, files: [{ bytes }] }: FormRequest<typeof operation>, deps: TakeDeps) {
  const dicom = lookAt(() => lookAtDicom(caller, bytes, deps));
  await takeDicom(caller, dicom, bytes, deps);
  return { success: true as const, data: dicom.answer };
}

function lookAt<T>(look: () => T): T {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof RejectedImage)) throw error;
    const details = [error.reason];
    throw new DomainError('BAD_REQUEST', 'The file can not be taken.', { details, cause: error });
  }
}

export const handler = serveForm(operation, handle, connectTake);
