import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { CaseImage } from '../../../lib/api/views/case-image.ts';
import { CaseId, Crc32, PatientId, TakenAt } from '../../../lib/domain/identifiers.ts';
import { Category } from '../../../lib/domain/images/category.ts';
import { EyeSide, FileName, MimeType } from '../../../lib/domain/images/image.ts';

export const operation = defineOperation({
  id: 'upload-case-image',
  method: 'POST',
  path: '/api/v1/images/upload',
  summary: 'Upload a small image of a case, at most 4.4 MB',
  group: 'Cases',
  auth: EVERYONE,
  form: { file: 'file', maxFiles: 1 },
  body: z.strictObject({
    fileName: FileName.optional().describe("Instead of the file's own."),
    mimeType: MimeType.optional().describe('What counts is what the bytes are.'),
    fileSize: z.coerce.number().int().optional().describe('Bytes; another number of them is refused.'),
    caseId: CaseId,
    patientId: PatientId.optional().describe(
      "A patient's is always their own; staff may leave it out once the clinic's first image of the case has arrived.",
    ),
    eyeSide: EyeSide.default('unknown'),
    capturedAt: TakenAt.optional(),
    category: Category.default('other'),
    crc32: Crc32.optional().describe('Base64 of the four bytes; a file that has another is refused.'),
  }),
  success: { status: 201, schema: CaseImage },
  errors: ['NOT_FOUND', 'CONFLICT'],
  permissions: { table: 'write', objects: { incoming: ['write'] } },
  rate: 'upload',
  memoryMb: 1024,
  timeoutSeconds: 29,
  example: { body: { caseId: 'C-77', patientId: 'P-1001', eyeSide: 'left' } },
});
