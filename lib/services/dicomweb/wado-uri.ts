import { Readable } from 'node:stream';
import type { Caller } from '../../domain/access/caller.ts';
import type { DicomInstance } from '../../domain/dicom/dicom-instance.ts';
import { type RequestedView, viewOf } from '../../domain/dicom/wado-request.ts';
import { rangeResponse } from '../../lambda/http/byte-range.ts';
import { contentDisposition } from '../../lambda/http/content-disposition.ts';
import { dicomKey } from '../../storage/object-keys.ts';
import { DECODE_LIMITS, type FileDeps, openFile, throwNotAcceptable } from './dicom-files.ts';

const CACHING = { 'cache-control': 'private, no-cache' };

type ReadDeps = Pick<FileDeps, 'objects'>;

/** Responds with the stored file, or with the requested range of it. */
export async function rangeOfFile(
  instance: DicomInstance,
  headers: Parameters<typeof rangeResponse>[0],
  { objects }: ReadDeps,
) {
  const answer = rangeResponse(headers, { bytes: instance.bytes, etag: `"${instance.sha256}"` });
  return {
    status: answer.status,
    headers: {
      ...answer.headers,
      // The preamble (PS3.10 7.1) may contain active content. No browser displays this type or guesses another one.
      'content-type': 'application/dicom',
      'content-disposition': contentDisposition('attachment', `${instance.sopUid}.dcm`),
      ...CACHING,
    },
    body: answer.status === 304 ? '' : await objects.read(dicomKey(instance), answer.range),
  };
}

/**
 * Responds with a rendered frame.
 *
 * @throws DomainError NOT_ACCEPTABLE if the frame can't be rendered
 */
export async function renderedView(
  instance: DicomInstance,
  query: RequestedView & { rows?: number | undefined; columns?: number | undefined; imageQuality: number },
  format: 'png' | 'jpeg',
  caller: Caller,
  deps: ReadDeps & Pick<FileDeps, 'frameAllowance'>,
) {
  const view = viewOf(instance, query);
  const { rows, columns, imageQuality: quality } = query;
  await deps.frameAllowance.take(caller, 1);
  const file = await openFile(instance, deps);
  // Loaded only here: otherwise requests for the file would wait until libvips is loaded.
  const { renderFrame } = await import('../../media/dicom/draw/render-frame.ts');
  const options = { ...view, format, quality, viewport: { rows, columns } } as const;
  const { bytes } = await renderFrame(file, options, DECODE_LIMITS).catch(throwNotAcceptable);
  return {
    headers: {
      'content-type': `image/${format}`,
      'content-length': String(bytes.length),
      'content-disposition': contentDisposition('inline', `${instance.sopUid}.${format}`),
      ...CACHING,
    },
    body: Readable.from([bytes], { objectMode: false }),
  };
}
