import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Findings } from './findings.ts';

/** Publishes the number of each finding, and of those that were not repaired, as metrics of CloudWatch. */
export function publishFindings({ counts, unrepaired }: Findings): void {
  const metrics = new Metrics();
  metrics.addMetric('unrepaired', MetricUnit.Count, unrepaired);
  for (const [finding, { found }] of Object.entries(counts))
    metrics.addMetric(finding, MetricUnit.Count, found);
  metrics.publishStoredMetrics();
}
