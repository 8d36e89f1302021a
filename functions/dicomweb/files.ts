import { buffer } from 'node:stream/consumers';
import { DicomStore } from '../../lib/data/dicom.ts';
import { connectTable } from '../../lib/data/table.ts';
import type { DicomInstance } from '../../lib/domain/dicom-instance.ts';
import { DomainError } from '../../lib/domain/errors.ts';
import { environment } from '../../lib/http/environment.ts';
import { KEPT_BY_BROWSERS } from '../../lib/http/kept-by-browsers.ts';
import { type DicomFile, readDicom } from '../../lib/media/dicom/read-dicom.ts';
import { RejectedImage } from '../../lib/media/rejected-image.ts';
import { dicomKey } from '../../lib/storage/object-keys.ts';
import { ObjectReader } from '../../lib/storage/object-reader.ts';
import type { Things } from './things.ts';

export interface FileDeps {
  dicom: Things;
  objects: Pick<ObjectReader, 'read'>;
}

/** So long a frame may take to be decoded; there is time left to answer that it took too long. */
export const DECODING = { milliseconds: 15_000 };

/** What is made of a file is what it was: files never change. */
export const KEPT = { ...KEPT_BY_BROWSERS, vary: `Accept, ${KEPT_BY_BROWSERS.vary}` };

/** The last file that was opened: a viewer that plays a film asks for one frame of it after the other. */
let last: { key: string; file: DicomFile } | undefined;

/** The instance's file, in memory whole. */
export async function openFile(
  instance: DicomInstance,
  { objects }: Pick<FileDeps, 'objects'>,
): Promise<DicomFile> {
  const key = dicomKey(instance);
  if (last?.key === key) return last.file;
  // Two large ones would be too much.
  last = undefined;
  const file = readDicom(await buffer(await objects.read(key)));
  last = { key, file };
  return file;
}

/**
 * Says of a file that can't be shown, or not so, why.
 *
 * @throws DomainError NOT_ACCEPTABLE for what the file is not, any other error as it is
 */
export function refuse(error: unknown): never {
  if (!(error instanceof RejectedImage)) throw error;
  const details = [error.reason];
  throw new DomainError('NOT_ACCEPTABLE', 'There is no such representation of this file.', {
    details,
    cause: error,
  });
}

export const connectFiles = (): FileDeps => ({
  dicom: new DicomStore(connectTable(environment.tableName)),
  objects: new ObjectReader(environment.bucketName),
});
