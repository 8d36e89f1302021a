import { Readable } from 'node:stream';
import { requireVisibleInstance } from '../../../lib/domain/dicom/dicom-instance.ts';
import { contentTypeOf, viewOf } from '../../../lib/domain/dicom/wado-request.ts';
import { dicomStore, objects } from '../../../lib/lambda/dependencies.ts';
import { rangeResponse } from '../../../lib/lambda/http/byte-range.ts';
import { contentDisposition } from '../../../lib/lambda/http/content-disposition.ts';
import type { Request } from '../../../lib/lambda/http/request.ts';
import { serveStream } from '../../../lib/lambda/http/serve-stream.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { DECODE_LIMITS, openFile, throwNotAcceptable } from '../../../lib/services/dicomweb/dicom-files.ts';
import { dicomKey } from '../../../lib/storage/object-keys.ts';
import { operation } from './operation.ts';

type Deps = Needs<{ objects: 'read'; dicomStore: 'getInstance' | 'getStudy' }>;

const CACHING = { 'cache-control': 'private, no-cache' };

export async function handle({ caller, params, query, headers }: Request<typeof operation>, deps: Deps) {
  const { dicomStore, objects } = deps;
  const found = await dicomStore.getInstance(params.sopInstanceUID);
  const instance = requireVisibleInstance(
    caller,
    found,
    found && (await dicomStore.getStudy(found.studyUid)),
  );
  const contentType = contentTypeOf(query.contentType);
  if (contentType === 'application/dicom') {
    // What a preamble hides (PS3.10 7.1) runs nowhere: no browser shows this type, or takes it for another.
    const answer = rangeResponse(headers, { bytes: instance.bytes, etag: `"${instance.sha256}"` });
    return {
      status: answer.status,
      headers: {
        ...answer.headers,
        'content-type': contentType,
        'content-disposition': contentDisposition('attachment', `${instance.sopUid}.dcm`),
        ...CACHING,
      },
      body: answer.status === 304 ? '' : await objects.read(dicomKey(instance), answer.range),
    };
  }
  const view = viewOf(instance, query);
  const format = contentType === 'image/png' ? 'png' : 'jpeg';
  const { rows, columns, imageQuality: quality } = query;
  const file = await openFile(instance, deps);
  // Only here: who wants the file does not wait for libvips.
  const { renderFrame } = await import('../../../lib/media/dicom/draw/render-frame.ts');
  const options = { ...view, format, quality, viewport: { rows, columns } } as const;
  const { bytes } = await renderFrame(file, options, DECODE_LIMITS).catch(throwNotAcceptable);
  return {
    headers: {
      'content-type': contentType,
      'content-length': String(bytes.length),
      'content-disposition': contentDisposition('inline', `${instance.sopUid}.${format}`),
      ...CACHING,
    },
    body: Readable.from([bytes], { objectMode: false }),
  };
}

export const handler = serveStream(operation, handle, { dicomStore, objects });
