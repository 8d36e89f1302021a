import { defineTrigger } from '../../../lib/api/trigger.ts';

export const trigger = defineTrigger({
  id: 'seal-audit',
  summary: 'Seal what is new in the audit log: a segment of a hash chain in S3, where nobody can change it',
  costOfFailure:
    'Events of the audit log are not sealed: until they are, a change of them would not be noticed.',
  source: { auditChanged: true, batchSize: 1000, waitSeconds: 5 },
  permissions: { objects: { audit: ['find', 'read', 'write'] } },
  memoryMb: 512,
  timeoutSeconds: 60,
});
