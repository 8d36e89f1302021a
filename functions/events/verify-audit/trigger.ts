import { defineTrigger } from '../../../lib/api/trigger.ts';

export const trigger = defineTrigger({
  id: 'verify-audit',
  summary: 'Verify the hash chain of the audit log: what is new, and a part of the old',
  costOfFailure:
    'Somebody changed the audit log or removed a part of it, or nobody verifies it: run `audit verify` (docs/cli.md).',
  source: { everyMinutes: 24 * 60 },
  metric: 'faults',
  permissions: {
    audit: 'verify',
    requests: 'report',
    objects: { audit: ['find', 'read'], 'audit/heads': ['versions', 'write', 'lock'] },
  },
  memoryMb: 1024,
  timeoutSeconds: 840,
});
