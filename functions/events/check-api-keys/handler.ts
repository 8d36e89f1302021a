import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { isOverdue } from '../../../lib/domain/access/api-key.ts';
import { keyAdministration, keyUses, limits, now } from '../../../lib/lambda/dependencies.ts';
import { serveSchedule } from '../../../lib/lambda/events/serve-schedule.ts';
import { logger } from '../../../lib/lambda/http/response.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { trigger } from './trigger.ts';

type Deps = Needs<{ keyAdministration: 'all'; keyUses: 'of' }, 'limits' | 'now'>;

/** The line of an overdue key says whether it is still used: one that is not can be revoked. */
export async function handle({ keyAdministration, keyUses, limits, now }: Deps) {
  const overdue = (await keyAdministration.all()).filter((key) => isOverdue(key, limits, now()));
  const uses = await keyUses.of(overdue.map(({ id }) => id));
  for (const { id: keyId, name, createdAt } of overdue) {
    logger.warn('an API key should be replaced', { keyId, name, createdAt, lastUsedAt: uses.get(keyId) });
  }
  const metrics = new Metrics();
  metrics.addMetric(trigger.metric, MetricUnit.Count, overdue.length);
  metrics.publishStoredMetrics();
}

export const handler = serveSchedule(trigger, handle, { keyAdministration, keyUses, limits, now });
