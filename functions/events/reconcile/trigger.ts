import { defineTrigger } from '../../../lib/api/trigger.ts';

export const trigger = defineTrigger({
  id: 'reconcile',
  summary: 'Compare what is stored in the table, in the bucket and in the audit log, and repair it',
  costOfFailure:
    'Records, objects, counts or audit events do not agree, and nothing repairs them by itself: see docs/reconcile.md.',
  source: { everyMinutes: 15 },
  metric: 'unrepaired',
  permissions: {
    table: 'scan',
    requests: 'remember',
    audit: 'read',
    queues: ['make-thumbnail', 'ingest-dicom'],
    objects: {
      // Another scan for malware begins with a copy of the upload onto itself.
      incoming: ['find', 'read', 'write', 'delete'],
      'incoming-dicom': ['find', 'read', 'write', 'delete'],
      images: ['find', 'read', 'delete'],
      dicom: ['find', 'read', 'delete'],
      audit: ['find', 'read', 'write'],
    },
  },
  memoryMb: 1024,
  timeoutSeconds: 840,
});
