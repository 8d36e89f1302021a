import { trigger as buildArchive } from './events/build-archive/trigger.ts';
import { trigger as checkApiKeys } from './events/check-api-keys/trigger.ts';
import { trigger as completeChanges } from './events/complete-changes/trigger.ts';
import { trigger as distributeChanges } from './events/distribute-changes/trigger.ts';
import { trigger as endConnections } from './events/end-connections/trigger.ts';
import { trigger as eraseObjects } from './events/erase-objects/trigger.ts';
import { trigger as forwardDicom } from './events/forward-dicom/trigger.ts';
import { trigger as ingestDicom } from './events/ingest-dicom/trigger.ts';
import { trigger as makeThumbnail } from './events/make-thumbnail/trigger.ts';
import { trigger as notify } from './events/notify/trigger.ts';
import { trigger as processArrivedImage } from './events/process-arrived-image/trigger.ts';
import { trigger as receiveScanResult } from './events/receive-scan-result/trigger.ts';
import { trigger as reconcile } from './events/reconcile/trigger.ts';
import { trigger as sealAudit } from './events/seal-audit/trigger.ts';
import { trigger as verifyAudit } from './events/verify-audit/trigger.ts';

/** All functions that events trigger. */
export const triggers = [
  makeThumbnail,
  processArrivedImage,
  ingestDicom,
  receiveScanResult,
  forwardDicom,
  buildArchive,
  distributeChanges,
  eraseObjects,
  completeChanges,
  sealAudit,
  notify,
  endConnections,
  reconcile,
  verifyAudit,
  checkApiKeys,
] as const;
