import { isIP } from 'node:net';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { lowerCaseNames } from './request.ts';

/**
 * Where a request comes from, for the audit log: who is behind CloudFront, by the word of its function, and who said so.
 *
 * API Gateway can be reached without CloudFront, and then the client wrote that header: the log has both addresses, so
 * that none is taken on trust. Behind CloudFront, the second one is CloudFront's.
 */
export function viewerAddress(
  headers: APIGatewayProxyEvent['headers'] | null,
  sourceIp: string | null | undefined,
): string | null {
  const viewer = lowerCaseNames(headers)['x-viewer-address'];
  if (!viewer || !isIP(viewer) || viewer === sourceIp) return sourceIp ?? null;
  return sourceIp ? `${viewer} via ${sourceIp}` : viewer;
}
