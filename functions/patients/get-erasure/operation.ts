import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { ErasureCertificate } from '../../../lib/api/views/erasure-certificate.ts';
import { Id } from '../../../lib/domain/identifiers.ts';

export const operation = defineOperation({
  id: 'get-erasure',
  method: 'GET',
  path: '/api/erasures/{id}',
  summary: 'Get the certificate of an erasure, and ask how far it is',
  group: 'Patients',
  auth: ['admin'],
  params: z.strictObject({ id: Id }),
  success: { status: 200, schema: ErasureCertificate },
  errors: ['NOT_FOUND'],
  permissions: { table: 'read' },
  rate: 'metadata',
  memoryMb: 512,
  timeoutSeconds: 10,
});
