import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { StowResponse } from '../../../lib/domain/stow.ts';

/** What both doors for instances have in common. */
export const STORE = {
  method: 'POST',
  group: 'DICOM',
  auth: EVERYONE,
  related: { type: 'application/dicom', maxParts: 200 },
  success: {
    status: 200,
    schema: StowResponse,
    contentType: 'application/dicom+json',
    partly: 202,
    none: 409,
  },
  errors: ['BAD_REQUEST', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'],
  touches: { table: 'write', objects: { dicom: ['write', 'delete'] } },
  rate: 'upload',
  memoryMb: 1024,
  timeoutSeconds: 29,
} as const;

export const operation = defineOperation({
  id: 'store-instances',
  path: '/dicom-web/studies',
  summary: 'Store DICOM files (STOW-RS), at most 4.4 MB together, with a result for each',
  ...STORE,
});
