import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { StartedExport } from '../../../lib/api/views/export.ts';
import { PatientId } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'create-patient-export',
  method: 'POST',
  path: '/api/patients/{id}/exports',
  summary:
    'Have ZIPs of everything made that is known of a patient: images, DICOM files, metadata and hashes (patients, of themselves; admins, with the accesses)',
  group: 'Patients',
  auth: ['patient', 'admin'],
  params: z.strictObject({ id: PatientId }),
  body: z.strictObject({}),
  success: { status: 202, schema: StartedExport },
  errors: ['NOT_FOUND'],
  permissions: { table: 'write', audit: 'read', objects: { exports: ['write'] } },
  rate: 'metadata',
  // The items of a hundred thousand DICOM files, and their description.
  memoryMb: 1769,
  timeoutSeconds: 29,
});
