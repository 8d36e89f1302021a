import { toCaseImage } from '../../../lib/api/views/case-image.ts';
import { patientOfCase } from '../../../lib/domain/cases/case.ts';
import { requireCategory } from '../../../lib/domain/images/category.ts';
import { newImage } from '../../../lib/domain/images/new-image.ts';
import { uploadExpiry } from '../../../lib/domain/limits/limits.ts';
import { storageQuotasOf } from '../../../lib/domain/limits/storage-quota.ts';
import { requireAsDeclared, requireUploadable } from '../../../lib/domain/uploads/upload.ts';
import { cases, creation, objects } from '../../../lib/lambda/dependencies.ts';
import { type FormRequest, serveForm } from '../../../lib/lambda/http/serve-form.ts';
import type { Creation, Needs } from '../../../lib/lambda/needs.ts';
import { base64Crc32 } from '../../../lib/media/base64-crc32.ts';
import { describeFile } from '../../../lib/media/formats/describe-file.ts';
import { sniffImageFormat } from '../../../lib/media/formats/image-format.ts';
import { incomingKey } from '../../../lib/storage/object-keys.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ cases: 'get' | 'addPending'; objects: 'create' }, Creation>;

export async function handle({ caller, body, files: [file] }: FormRequest<typeof operation>, deps: Deps) {
  const { cases, objects, limits } = deps;
  const { name, bytes } = file;
  const mimeType = sniffImageFormat(bytes)?.mimeType ?? describeFile(bytes);
  const found = { mimeType, fileSize: bytes.length, crc32: base64Crc32(bytes) };
  requireCategory(body.category, deps.categories);
  requireUploadable([found], limits, () => 'file');
  requireAsDeclared(body, found);

  const now = deps.now();
  const known = await cases.get(body.caseId, now);
  const patientId = patientOfCase(caller, known, body.patientId);
  const given = { fileName: name, ...body, ...found, id: deps.newId(), patientId };
  const image = { ...newImage(given, caller, now, deps.timeZone), caseId: body.caseId };
  const expiresAt = uploadExpiry(limits, now);
  await cases.addPending(image, known, now, expiresAt, caller, storageQuotasOf(caller, limits));
  await objects.create(incomingKey(image), { bytes, ...found });
  return toCaseImage(image, null);
}

export const handler = serveForm(operation, handle, { cases, objects, ...creation });
