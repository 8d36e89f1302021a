import { isIP } from 'node:net';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { lowerCaseNames } from './request.ts';

/**
 * The source address of a request, for the audit log: the viewer's address in the header that CloudFront's function
 * sets, and the address that sent the header.
 *
 * API Gateway can be reached without CloudFront, and then the client can forge the header. So the log has both
 * addresses. Behind CloudFront, the second one is CloudFront's.
 */
export function viewerAddress(
  headers: APIGatewayProxyEvent['headers'] | null,
  sourceIp: string | null | undefined,
): string | null {
  const viewer = lowerCaseNames(headers)['x-viewer-address'];
  if (!viewer || !isIP(viewer) || viewer === sourceIp) return sourceIp ?? null;
  return sourceIp ? `${viewer} via ${sourceIp}` : viewer;
}
