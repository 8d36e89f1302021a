import { EVERYONE } from './operation.ts';
import { StowResponse } from './views/stow-response.ts';

/** The shared declaration of both STOW-RS operations (PS3.18 10.5). */
export const STOW = {
  method: 'POST',
  group: 'DICOM',
  auth: EVERYONE,
  scopes: ['dicom:store'],
  related: { type: 'application/dicom', maxParts: 200 },
  success: {
    status: 200,
    schema: StowResponse,
    contentType: 'application/dicom+json',
    partialStatus: 202,
    allFailedStatus: 409,
  },
  errors: ['BAD_REQUEST', 'PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'],
  permissions: { table: 'write', objects: { dicom: ['write', 'delete'], 'incoming-dicom': ['write'] } },
  rate: 'upload',
  crossOrigin: true,
  memoryMb: 1024,
  timeoutSeconds: 29,
} as const;
