import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logger } from '../../lambda/http/response.ts';
import type { NewVerdict } from './verify-new-links.ts';

/** A run may find a fault in each of millions of lines. */
const LOGGED_FAULTS = 100;

/**
 * Publishes the number of faults and of links as metrics of CloudWatch, with the hash of the newest verified link in their
 * log entry: nobody can change a metric that was published.
 */
export function publishVerdict({ links, head, faults }: NewVerdict): void {
  for (const fault of faults.slice(0, LOGGED_FAULTS)) logger.error('the audit log was changed', { fault });
  const metrics = new Metrics();
  metrics.addMetric('faults', MetricUnit.Count, faults.length);
  metrics.addMetric('links', MetricUnit.Count, links);
  metrics.addMetric('verifiedLinks', MetricUnit.Count, head?.number ?? 0);
  if (head) metrics.addMetadata('head', head.sha256);
  metrics.publishStoredMetrics();
}
