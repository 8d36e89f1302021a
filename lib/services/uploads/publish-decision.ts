import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

/**
 * Publishes how an upload was decided as a metric of CloudWatch with the name of its new status. Its log entry has the reason, which
 * CloudWatch Logs Insights counts: as a dimension, each text would be a metric to pay for.
 *
 * @param arrivedAt when S3 stored the bytes, cut to seconds (S3 API reference, "Last-Modified"); with it, a decision for `ready` or
 * `stored` also gives the metric `timeToReady`, in milliseconds
 */
export function publishDecision(
  {
    status,
    reason,
    arrivedAt,
  }: { status: string; reason?: string | undefined; arrivedAt?: Date | undefined },
  now: Date,
): void {
  const metrics = new Metrics();
  metrics.addMetric(status, MetricUnit.Count, 1);
  // Texts that differ only in their numbers are counted as one.
  if (reason !== undefined) metrics.addMetadata('reason', reason.replace(/\d[\d.,×]*/g, '…'));
  else if (arrivedAt)
    metrics.addMetric(
      'timeToReady',
      MetricUnit.Milliseconds,
      Math.max(0, now.getTime() - arrivedAt.getTime()),
    );
  metrics.publishStoredMetrics();
}
