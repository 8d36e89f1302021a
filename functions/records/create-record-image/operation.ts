import * as z from 'zod';
import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { RecordImage, RecordLinks } from '../../../lib/api/views/record-image.ts';
import { SignedHeaders, SignedUrl } from '../../../lib/api/views/signed-url.ts';
import { recordScopes } from '../../../lib/domain/access/scope.ts';
import { TakenAt, Timestamp } from '../../../lib/domain/identifiers.ts';
import { Bytes, FileName, MimeType } from '../../../lib/domain/images/image.ts';

export const operation = defineOperation({
  id: 'create-record-image',
  method: 'POST',
  path: '/api/v2/images',
  summary: 'Add an image and link it to records: as base64 up to about 4.4 MB, else by a signed upload URL',
  group: 'Records',
  auth: EVERYONE,
  scopes: recordScopes('write'),
  body: z
    .strictObject({
      image_data: z.string().min(1).optional().describe('The file in base64, without a data: prefix.'),
      size: Bytes.min(1).optional().describe('Bytes; instead of image_data, for an upload URL.'),
      content_type: MimeType.optional().describe('MIME type; instead of image_data.'),
      name: FileName,
      ...RecordLinks,
      created_on: TakenAt.optional(),
    })
    .superRefine(({ image_data, size, content_type }, { addIssue }) => {
      const ask = (field: string, message: string) => addIssue({ code: 'custom', path: [field], message });
      if (image_data !== undefined) {
        if (size !== undefined) ask('size', 'is for an upload URL, and goes without image_data');
        if (content_type !== undefined)
          ask('content_type', 'is for an upload URL, and goes without image_data');
      } else if (size === undefined && content_type === undefined) {
        ask('image_data', 'is required, or size and content_type for an upload URL');
      } else {
        if (size === undefined) ask('size', 'is required where there is no image_data');
        if (content_type === undefined) ask('content_type', 'is required where there is no image_data');
      }
    }),
  success: {
    status: 201,
    schema: z.strictObject({
      ...RecordImage.shape,
      upload_url: SignedUrl.optional().describe('Where to put the bytes; only without image_data.'),
      method: z.literal('PUT').optional(),
      headers: SignedHeaders.optional(),
      expires_at: Timestamp.optional(),
    }),
  },
  errors: ['NOT_FOUND', 'UNSUPPORTED_MEDIA_TYPE'],
  permissions: { table: 'write', objects: { incoming: ['write'] } },
  rate: 'upload',
  memoryMb: 1024,
  timeoutSeconds: 20,
  layers: ['sharp'],
  example: {
    body: {
      size: 256_000,
      content_type: 'image/jpeg',
      name: 'prescription_front.jpg',
      patient_id: 'P-1001',
      prescription_id: 'RX-2025-17',
      created_on: '2025-02-19T08:50:00Z',
    },
  },
});
