import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Decoded } from '../image/pixels.ts';
import { RejectedImage } from '../rejected-image.ts';
import type { PdfPageJob, PdfPageMessage } from './pdf-page-process.ts';

/** Which page to render, and its limits. */
export interface PdfOptions {
  /** From 1. Default 1. */
  page: number;
  /** Default 15 s, from when the process is ready. An ordinary page takes a tenth of a second. */
  milliseconds: number;
  /**
   * CPU time of the process. Default 4 s. Unlike the time above, it does not grow on a busy machine.
   */
  cpuSeconds: number;
  /**
   * Default 288 MiB, of which PDFium itself needs 18: so that the process and its parent stay below 512 MiB. Of the PDFs
   * that were tried, those that need more need more than 512 MiB, too.
   */
  memoryMb: number;
}

/** How long the process may take to start. Usually it takes a tenth of a second. */
const startMilliseconds = 15_000;

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
  const { width, height, rgb, pages } = await drawInProcess(pdf, { ...defaults, ...options });
  return { width, height, pages, needsPreview: true, pixels: { data: rgb, width, height, channels: 3 } };
}

type Page = Extract<PdfPageMessage, { page: unknown }>['page'];

/** One process for each file, so that a malicious file can't affect the next one. */
function drawInProcess(
  pdf: Uint8Array,
  { page, milliseconds, cpuSeconds, memoryMb }: PdfOptions,
): Promise<Page> {
  return new Promise((resolve, reject) => {
    const child = fork(script, {
      // No credentials of the function: the process needs only the file, and Lambda's node its shared libraries.
      env: { LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH },
      execArgv: [`--wasm-max-mem-pages=${memoryMb * 16}`, '--max-old-space-size=128'],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let isReady = false;
    let complaint = '';
    const settle = (act: () => void) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      act();
    };
    /**
     * Before the process is ready, a failure is internal and the upload may be retried. Afterwards the file caused it.
     */
    const fail = (reason: string, cause: Error) =>
      settle(() => reject(isReady ? new RejectedImage(reason, { cause }) : cause));

    const late = () =>
      fail(
        `This PDF file takes longer to draw than the ${milliseconds / 1000} seconds allowed.`,
        new Error(`the process is late, ${isReady ? 'drawing' : 'starting'}`),
      );
    let timer = setTimeout(late, startMilliseconds);
    child.stderr?.on('data', (chunk) => {
      if (complaint.length < 10_000) complaint += chunk;
    });
    child.on('error', (cause) => fail(damaged, cause));
    // Not 'exit': its last output may still arrive after that.
    child.on('close', (code, signal) => {
      const cause = new Error(`the process ended: ${signal ?? code}\n${complaint}`);
      if (signal === 'SIGXCPU') fail(tooSlow(cpuSeconds), cause);
      else fail(outOfMemory.test(complaint) ? tooLarge(memoryMb) : damaged, cause);
    });
    child.on('message', (message: PdfPageMessage) => {
      if (message === 'ready') {
        isReady = true;
        clearTimeout(timer);
        timer = setTimeout(late, milliseconds);
        child.send({ pdf, page, box: BOX, cpuSeconds } satisfies PdfPageJob);
      } else if ('page' in message) settle(() => resolve(message.page));
      else settle(() => reject(new RejectedImage(refusalOf(message.refused, page))));
    });
  });
}

/** Emscripten's message. PDFium then stops at an `unreachable`, as after many other errors. */
const outOfMemory = /Unable to grow instance memory/;

const tooLarge = (memoryMb: number) =>
  `This PDF file takes more memory to draw than the ${memoryMb} MB allowed. Please save it smaller, or send a scan.`;

const tooSlow = (cpuSeconds: number) =>
  `This PDF file takes more than the ${cpuSeconds} seconds of computation allowed. Please save it simpler, or send a scan.`;

const damaged = 'This PDF file is damaged or incomplete. Please save or send it again.';

const refusalOf = (refused: keyof typeof refusals, page: number) =>
  refused === 'no page' && page > 1
    ? `This PDF file has no page with the number ${page} that can be drawn.`
    : refusals[refused];

const refusals = {
  password:
    'This PDF file is protected by a password, without which it can’t be shown. Only unprotected ones are accepted.',
  encryption: 'This PDF file is encrypted in an unknown way. Only unprotected ones are accepted.',
  damaged,
  'no page': 'This PDF file has no page that can be drawn; it is damaged or empty.',
} as const;
