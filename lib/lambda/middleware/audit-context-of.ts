import type { APIGatewayProxyEvent } from 'aws-lambda';
import { type AuditContext, newAuditContext } from '../../domain/audit/audit-context.ts';

const contexts = new WeakMap<APIGatewayProxyEvent, AuditContext>();

/** The audit context of the request in an event. All calls with one event give the same object. */
export function auditContextOf(event: APIGatewayProxyEvent): AuditContext {
  const known = contexts.get(event) ?? newAuditContext();
  contexts.set(event, known);
  return known;
}
