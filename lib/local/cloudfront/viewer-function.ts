import type { IncomingMessage } from 'node:http';
import { createContext, runInContext } from 'node:vm';
import * as z from 'zod';

const Result = z.object({
  uri: z.string(),
  headers: z.record(z.string(), z.object({ value: z.string() })).default({}),
});

/** The result of a viewer-request function. */
export type Rewritten = z.infer<typeof Result>;

/** Makes CloudFront's function callable (CloudFront developer guide, "CloudFront Functions event structure"). */
export function viewerFunction(code: string) {
  const context = createContext({});
  const handler = runInContext(`${code}; handler`, context) as (event: unknown) => unknown;
  return (uri: string, headers: IncomingMessage['headers'] = {}, ip = ''): Rewritten => {
    const single = Object.entries(headers).map(([name, value]) => [name, { value: String(value) }]);
    return Result.parse(handler({ request: { uri, headers: Object.fromEntries(single) }, viewer: { ip } }));
  };
}

/** Sets or removes a header of a request, as if the client had sent it so. */
export function setHeader(request: IncomingMessage, name: string, value: string | undefined): void {
  const { rawHeaders } = request;
  for (let index = rawHeaders.length - 2; index >= 0; index -= 2) {
    if (rawHeaders[index]?.toLowerCase() === name) rawHeaders.splice(index, 2);
  }
  delete request.headers[name];
  if (value === undefined) return;
  rawHeaders.push(name, value);
  request.headers[name] = value;
}
