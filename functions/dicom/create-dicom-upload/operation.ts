import { defineOperation, EVERYONE } from '../../../lib/api/operation.ts';
import { DicomUploadTarget } from '../../../lib/api/views/dicom-upload.ts';
import { CreateDicomUpload } from '../../../lib/domain/dicom/dicom-upload.ts';

export const operation = defineOperation({
  id: 'create-dicom-upload',
  method: 'POST',
  path: '/dicom/upload-url',
  summary: 'Get a signed upload URL for a DICOM file',
  group: 'DICOM',
  auth: EVERYONE,
  scopes: ['dicom:store'],
  body: CreateDicomUpload,
  success: { status: 201, schema: DicomUploadTarget },
  errors: [],
  permissions: { table: 'write', objects: { 'incoming-dicom': ['write'] } },
  rate: 'upload',
  memoryMb: 512,
  timeoutSeconds: 10,
});
