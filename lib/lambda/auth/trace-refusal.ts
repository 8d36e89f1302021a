import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { Refusals } from '../../data/refusals.ts';
import { logger } from '../http/response.ts';
import { viewerAddress } from '../http/viewer-address.ts';
import type { Refusal } from './refusal.ts';

/** The part of an authorizer's event that says who sent the credentials. A WebSocket's has no path and no method. */
export interface RefusedRequest extends Pick<APIGatewayRequestAuthorizerEvent, 'headers'> {
  path?: string;
  httpMethod?: string;
  requestContext: { requestId: string; identity?: { sourceIp?: string | null } };
}

export interface TraceDeps {
  refusals: Pick<Refusals, 'append'>;
  now: () => Date;
}

/** Leaves a trace of refused credentials: a line in the log, the metric, and an audit event if they name anybody. */
export async function traceRefusal(
  { reason, keyId, subject, resource }: Refusal,
  action: string,
  { headers, path = '', httpMethod: method = 'GET', requestContext }: RefusedRequest,
  { refusals, now }: TraceDeps,
): Promise<void> {
  const { requestId, identity } = requestContext;
  const address = viewerAddress(headers, identity?.sourceIp);
  logger.warn('credentials refused', { reason, keyId, claimedSubject: subject, address, requestId });
  const metrics = new Metrics();
  metrics.addMetric('refused', MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
  if (resource === undefined) return;
  const status = reason === 'no role' ? 403 : 401;
  const event = {
    action,
    method,
    path,
    patientIds: [],
    status,
    outcome: 'denied' as const,
    requestId,
    address,
  };
  // No subject: nobody has proved who they are.
  const at = now().toISOString();
  await refusals
    .append(resource, { ...event, at, subject: null, role: null, reason })
    .catch((error: unknown) => {
      // The request is refused in any case.
      logger.error('refused credentials are not in the audit log', { error: error as Error });
    });
}
