import { Readable } from 'node:stream';
import { DicomStore } from '../../../lib/data/dicom.ts';
import { connectTable } from '../../../lib/data/table.ts';
import { visibleDicom } from '../../../lib/domain/dicom-instance.ts';
import { contentTypeOf, viewOf } from '../../../lib/domain/picture-of-dicom.ts';
import { answerRange } from '../../../lib/http/byte-range.ts';
import { disposition } from '../../../lib/http/disposition.ts';
import { environment } from '../../../lib/http/environment.ts';
import type { Request } from '../../../lib/http/request.ts';
import { serveStream } from '../../../lib/http/serve-stream.ts';
import { dicomKey } from '../../../lib/storage/object-keys.ts';
import { ObjectReader } from '../../../lib/storage/object-reader.ts';
import { DECODING, openFile, refuse } from '../../dicomweb/files.ts';
import { operation } from './operation.ts';

interface Deps {
  store: Pick<DicomStore, 'getInstance' | 'getStudy'>;
  objects: Pick<ObjectReader, 'read'>;
}

const CACHING = { 'cache-control': 'private, no-cache' };

export async function handle({ caller, params, query, headers }: Request<typeof operation>, deps: Deps) {
  const { store, objects } = deps;
  const found = await store.getInstance(params.sopInstanceUID);
  const instance = visibleDicom(caller, found, found && (await store.getStudy(found.studyUid)));
  const contentType = contentTypeOf(query.contentType);
  if (contentType === 'application/dicom') {
    // What a preamble hides (PS3.10 7.1) runs nowhere: no browser shows this type, or takes it for another.
    const answer = answerRange(headers, { bytes: instance.bytes, etag: `"${instance.sha256}"` });
    return {
      status: answer.status,
      headers: {
        ...answer.headers,
        'content-type': contentType,
        'content-disposition': disposition('attachment', `${instance.sopUid}.dcm`),
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
  const { renderFrame } = await import('../../../lib/media/dicom/render-frame.ts');
  const options = { ...view, format, quality, viewport: { rows, columns } } as const;
  const { bytes } = await renderFrame(file, options, DECODING).catch(refuse);
  return {
    headers: {
      'content-type': contentType,
      'content-length': String(bytes.length),
      'content-disposition': disposition('inline', `${instance.sopUid}.${format}`),
      ...CACHING,
    },
    body: Readable.from([bytes], { objectMode: false }),
  };
}

export const handler = serveStream(operation, handle, () => ({
  store: new DicomStore(connectTable(environment.tableName)),
  objects: new ObjectReader(environment.bucketName),
}));
