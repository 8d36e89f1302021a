import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { DICOM_JSON } from '../../../lib/api/dicomweb.ts';
import { mapInOrder, prefetchFirst } from '../../../lib/domain/in-order.ts';
import { dicomStore, keys, now, objects } from '../../../lib/lambda/dependencies.ts';
import { chooseOffer } from '../../../lib/lambda/http/content-negotiation.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import { instanceAt, seriesAt } from '../../../lib/services/dicomweb/dicom-resources.ts';
import {
  arrayOf,
  type MetadataDeps,
  metadataOfInstance,
  metadataOfSeries,
  withUris,
} from '../../../lib/services/dicomweb/metadata.ts';
import { operation } from './operation.ts';

/** Series whose metadata are composed in parallel. */
const AT_ONCE = 3;

export async function handle(request: Request<typeof operation>, deps: MetadataDeps) {
  const { caller, params, origin, headers } = request;
  const { type } = chooseOffer(request, [{ type: DICOM_JSON }, { type: 'application/json' }]);
  const texts =
    params.instance === undefined
      ? mapInOrder(await seriesAt(caller, params, deps.dicomStore), AT_ONCE, async (found) =>
          withUris(await metadataOfSeries(found, deps), found.series, origin),
        )
      : mapInOrder([await instanceAt(caller, params, deps.dicomStore)], 1, async (instance) =>
          withUris(await metadataOfInstance(instance, deps), instance, origin),
        );
  const body = Readable.from(arrayOf(await prefetchFirst(texts)), { objectMode: false });
  const encoding = /\bgzip\b/.test(headers['accept-encoding'] ?? '') && { 'content-encoding': 'gzip' };
  return {
    headers: { 'content-type': type, vary: 'Accept, Accept-Encoding, Origin', ...encoding },
    // Compression reduces metadata to a tenth, and Lambda slows a stream down after 6 MB.
    body: encoding ? pipeline(body, createGzip({ level: 1 }), () => {}) : body,
  };
}

export const handler = serveStream(operation, handle, { keys, dicomStore, objects, now });
