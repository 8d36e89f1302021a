import { StowResponse } from '../domain/stow.ts';
import { EVERYONE } from './operation.ts';

/** What both doors of STOW-RS have in common (PS3.18 10.5). */
export const STOW = {
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
  crossOrigin: true,
  memoryMb: 1024,
  timeoutSeconds: 29,
} as const;
