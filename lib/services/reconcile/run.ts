import type { AuditLog } from '../../data/audit/audit-log.ts';
import type { AuditReader } from '../../data/audit/audit-reader.ts';
import type { CheckAttempts } from '../../data/check-attempts.ts';
import type { DicomUploads } from '../../data/dicom/dicom-uploads.ts';
import type { Exports } from '../../data/exports.ts';
import type { ImageDecisions } from '../../data/images/image-decisions.ts';
import type { Recounts } from '../../data/reconcile/recounts.ts';
import type { StoredItems } from '../../data/reconcile/stored-items.ts';
import type { ScanVerdicts } from '../../data/scan-verdicts.ts';
import type { Limits } from '../../domain/limits/limits.ts';
import type { UploadQueues } from '../../lambda/events/upload-queues.ts';
import type { AuditSegments } from '../../storage/audit-segments.ts';
import type { Objects } from '../../storage/objects.ts';
import type { Findings } from './findings.ts';

/** What one run of the reconciliation works with. */
export interface Run {
  findings: Findings;
  storedItems: StoredItems;
  recounts: Recounts;
  imageDecisions: Pick<ImageDecisions, 'markExpired'>;
  dicomUploads: Pick<DicomUploads, 'decide'>;
  exports: Pick<Exports, 'markFailed'>;
  checkAttempts: Pick<CheckAttempts, 'queued' | 'queuedAt'>;
  /** Whether uploads are scanned for malware. */
  scans: boolean;
  scanVerdicts: Pick<ScanVerdicts, 'get' | 'forget'>;
  auditLog: Pick<AuditLog, 'complete' | 'appendDecision'>;
  auditReader: Pick<AuditReader, 'within' | 'itemsOf'>;
  auditSegments: Pick<AuditSegments, 'sealedSince' | 'append'>;
  bucket: Pick<Objects, 'list' | 'head' | 'copy' | 'delete'>;
  uploadQueues: Pick<UploadQueues, 'send'>;
  limits: Limits;
  now: () => Date;
  /** Queue uploads again that could not be checked, and those that were queued a short time ago. */
  retriesFailed: boolean;
  /** Delete objects without a record. */
  deletesOrphans: boolean;
  /** Whether the run must end soon. */
  isOver: () => boolean;
}

/** Requests at the same time. */
export const AT_ONCE = 16;
