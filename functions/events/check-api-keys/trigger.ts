import { defineTrigger } from '../../../lib/api/trigger.ts';

export const trigger = defineTrigger({
  id: 'check-api-keys',
  summary: 'Find API keys that should be replaced',
  costOfFailure:
    'An API key is older than the setting apiKeyDays, or nobody looks for such keys: make a new one, give it to the other system, and revoke the old one (docs/security.md).',
  source: { everyMinutes: 24 * 60 },
  metric: 'overdueKeys',
  permissions: { table: 'read', requests: 'uses' },
  memoryMb: 512,
  timeoutSeconds: 300,
});
