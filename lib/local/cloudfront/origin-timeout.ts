import type { ServerResponse } from 'node:http';

/**
 * Ends a response whose origin is silent for too long, before its first byte by 504, and later by a broken connection (CloudFront
 * developer guide, "Response timeout").
 */
export function limitSilence(response: ServerResponse, timeoutMs: number): void {
  const timer = setTimeout(() => {
    if (response.headersSent) return void response.destroy();
    // What the origin had prepared is not CloudFront's.
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    const body = '<html><body><h1>504 Gateway Timeout ERROR</h1></body></html>';
    response.writeHead(504, {
      'content-type': 'text/html',
      'content-length': Buffer.byteLength(body),
      'x-cache': 'Error from cloudfront',
    });
    response.end(body);
  }, timeoutMs);
  timer.unref();
  const write = response.write;
  response.write = ((...given: Parameters<typeof write>) => {
    timer.refresh();
    return write.apply(response, given);
  }) as typeof write;
  response.once('close', () => clearTimeout(timer));
}
