import type { CaseImage, Image } from '../api/types.ts';
import type { UploadItem } from './upload-record.ts';

const statusOf = ({ state }: UploadItem): Image['status'] =>
  state === 'refused' ? 'rejected' : state === 'failed' ? 'failed' : 'pending';

/** A file as an image of a batch, in its place until the service lists it. */
export const toPlace = (item: UploadItem): Image => ({
  id: item.imageId ?? item.id,
  batch: item.target.id,
  original_name: item.name,
  s3_key: null,
  s3_thumbnail_key: null,
  content_type: '',
  category: 'other',
  caption: '',
  eye_side: ('eyeSide' in item.target && item.target.eyeSide) || 'unknown',
  date_taken: null,
  captured_local: null,
  capture_offset: null,
  file_size: item.bytes,
  thumbnail_size: null,
  width: null,
  height: null,
  order: 0,
  status: statusOf(item),
  status_reason: item.reason ?? null,
  url: '',
  thumbnail_url: null,
  uploaded_at: '',
  uploaded_local: '',
  updated_at: '',
});

/** The same for an image of a case. */
export const toCasePlace = (item: UploadItem): CaseImage => ({
  id: item.imageId ?? item.id,
  caseId: item.target.id,
  patientId: item.target.patientId ?? null,
  fileName: item.name,
  mimeType: '',
  fileSize: item.bytes,
  width: null,
  height: null,
  eyeSide: ('eyeSide' in item.target && item.target.eyeSide) || 'unknown',
  capturedAt: null,
  capturedLocal: null,
  captureOffset: null,
  category: 'other',
  thumbnailUrl: null,
  status: statusOf(item),
  statusReason: item.reason ?? null,
  uploadedAt: '',
  uploadedLocal: '',
  uploadedBy: '',
});
