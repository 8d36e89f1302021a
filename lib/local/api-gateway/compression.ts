import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import * as z from 'zod';
import type { Template } from '../template.ts';

const ApiProperties = z.object({ MinimumCompressionSize: z.number().optional() });

/**
 * API Gateway's compression of whole responses that are not compressed yet (developer guide, "Enable payload compression for an API"). Of
 * its encodings this has gzip.
 */
export class Compression {
  readonly #minimumBytes: number;

  constructor(template: Template) {
    const [api] = template.ofType('AWS::ApiGateway::RestApi');
    const { MinimumCompressionSize = Number.POSITIVE_INFINITY } = api
      ? template.properties(api, ApiProperties)
      : {};
    this.#minimumBytes = MinimumCompressionSize;
  }

  /** The compressed body, if the client accepts one and it is long enough; undefined otherwise. */
  async compress(body: Buffer, accepted: string): Promise<Buffer | undefined> {
    const accepts = /(^|[,\s])(gzip|\*)\s*(,|$|;(?!\s*q=0(\.0*)?\s*(,|$)))/.test(accepted);
    if (!accepts || body.length < this.#minimumBytes) return undefined;
    return promisify(gzip)(body);
  }
}
