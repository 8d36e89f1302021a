import { join } from 'node:path';
import type { Decoded } from '../image/pixels.ts';
import { DecoderFailure, type DecoderLimits, decodeInChild } from '../process/decode-in-child.ts';
import { RejectedImage } from '../rejected-image.ts';
import type { PdfPage, PdfPageJob, PdfRefusal } from './pdf-page-process.ts';

/** Which page to render, and its limits. */
export interface PdfOptions extends DecoderLimits {
  /** From 1. Default 1. */
  page: number;
}

/**
 * An ordinary page takes a tenth of a second. With this memory, of which PDFium itself needs 18 MiB, the process and its
 * parent stay below 512 MiB. Of the PDFs that were tried, those that need more need more than 512 MiB, too.
 */
const defaults: PdfOptions = { page: 1, milliseconds: 15_000, cpuSeconds: 4, memoryMb: 288 };

/** The longer side of the rendered page in pixels: as large as the largest copy. */
const BOX = 1600;

/**
 * The script of the child process: beside this file, as TypeScript in the sources and as an ES module in the Lambda's
 * bundle, with `pdfium.wasm` next to it. WebAssembly is the same on every machine, so it needs no layer as sharp does.
 */
const script = join(
  import.meta.dirname,
  `pdf-page-process.${import.meta.filename.endsWith('.ts') ? 'ts' : 'mjs'}`,
);

/**
 * Renders a page of a PDF to fit 1600×1600 pixels, whatever its declared size. If text is missing because its
 * font is not embedded, a line below the page says so. Width and height are those of the rendered page.
 *
 * @throws RejectedImage for a PDF that has no such page, needs a password, can't be rendered, or takes too long or too much memory
 */
export async function decodePdf(pdf: Uint8Array, options: Partial<PdfOptions> = {}): Promise<Decoded> {
  const limited = { ...defaults, ...options };
  const job: PdfPageJob = { pdf, page: limited.page, box: BOX };
  const answer = await decodeInChild<PdfPageJob, PdfPage, PdfRefusal>(script, job, limited).catch((cause) => {
    if (!(cause instanceof DecoderFailure)) throw cause;
    throw new RejectedImage(reasonOf(cause, limited), { cause });
  });
  if ('refused' in answer) throw new RejectedImage(refusalOf(answer.refused, limited.page));
  const { width, height, pages } = answer.picture;
  return {
    width,
    height,
    pages,
    needsPreview: true,
    pixels: { data: answer.pixels, width, height, channels: 3 },
  };
}

/** The reason for the sender, from the failure of the process. */
function reasonOf({ why }: DecoderFailure, { milliseconds, cpuSeconds, memoryMb }: PdfOptions): string {
  switch (why) {
    case 'late':
      return `This PDF file takes longer to draw than the ${milliseconds / 1000} seconds allowed.`;
    case 'cpu':
      return `This PDF file takes more than the ${cpuSeconds} seconds of computation allowed. Please save it simpler, or send a scan.`;
    case 'memory':
      return `This PDF file takes more memory to draw than the ${memoryMb} MB allowed. Please save it smaller, or send a scan.`;
    case 'crash':
      return refusals.damaged;
  }
}

const refusalOf = (refused: PdfRefusal, page: number) =>
  refused === 'no page' && page > 1
    ? `This PDF file has no page with the number ${page} that can be drawn.`
    : refusals[refused];

const refusals: Record<PdfRefusal, string> = {
  password:
    'This PDF file is protected by a password, without which it can’t be shown. Only unprotected ones are accepted.',
  encryption: 'This PDF file is encrypted in an unknown way. Only unprotected ones are accepted.',
  damaged: 'This PDF file is damaged or incomplete. Please save or send it again.',
  'no page': 'This PDF file has no page that can be drawn; it is damaged or empty.',
};
