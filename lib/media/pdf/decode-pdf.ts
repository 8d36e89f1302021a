import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Decoded } from '../image/pixels.ts';
import { RejectedImage } from '../rejected-image.ts';
import type { PdfPageMessage } from './pdf-page-process.ts';

/** How much work one page may be. */
export interface PdfLimits {
  /** Default 15 s, from when the process is ready: an ordinary page takes a tenth of one. */
  milliseconds: number;
  /** Default 512 MiB, of which PDFium itself has 18. */
  memoryMb: number;
}

/** How long the process may take to start: a tenth of a second, unless the machine is in trouble. */
const startMilliseconds = 15_000;

const defaultLimits: PdfLimits = { milliseconds: 15_000, memoryMb: 512 };

/** The longer side of the drawn page: what the largest copy needs. */
const BOX = 1600;

/**
 * Where the process is: beside this file, in the sources as TypeScript and in the Lambda's bundle as an ES module, with
 * `pdfium.wasm` next to it. WebAssembly is the same on every machine, so that it needs no layer as sharp does.
 */
const script = join(
  import.meta.dirname,
  `pdf-page-process.${import.meta.filename.endsWith('.ts') ? 'ts' : 'mjs'}`,
);

/**
 * Draws the first page of a PDF, so that it fits 1600×1600 pixels whatever size it claims. Where text of it leaves no
 * mark, as its font is not in the file, a line below the page says so.
 * Width and height are the drawn page's: a PDF has no pixels of its own.
 *
 * @throws RejectedImage for a PDF that needs a password, can't be drawn, or takes too long or too much memory
 */
export async function decodePdf(pdf: Uint8Array, limits: Partial<PdfLimits> = {}): Promise<Decoded> {
  const { width, height, rgb, pages } = await drawInProcess(pdf, { ...defaultLimits, ...limits });
  return { width, height, pages, needsPreview: true, pixels: { data: rgb, width, height, channels: 3 } };
}

type Page = Extract<PdfPageMessage, { page: unknown }>['page'];

/** One process for each file: a hostile one leaves nothing to the next. */
function drawInProcess(pdf: Uint8Array, { milliseconds, memoryMb }: PdfLimits): Promise<Page> {
  return new Promise((resolve, reject) => {
    const child = fork(script, {
      // None of the function's credentials: the process needs nothing but the file, and Lambda's node its libraries.
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
    /** Before it was ready, the failure is ours, and the upload may be tried again; afterwards it is the file's. */
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
    // Not 'exit': its last words may still be on their way.
    child.on('close', (code, signal) => {
      const cause = new Error(`the process ended: ${signal ?? code}\n${complaint}`);
      fail(outOfMemory.test(complaint) ? tooLarge(memoryMb) : damaged, cause);
    });
    child.on('message', (message: PdfPageMessage) => {
      if (message === 'ready') {
        isReady = true;
        clearTimeout(timer);
        timer = setTimeout(late, milliseconds);
        child.send({ pdf, box: BOX });
      } else if ('page' in message) settle(() => resolve(message.page));
      else settle(() => reject(new RejectedImage(refusals[message.refused])));
    });
  });
}

/** Emscripten's complaint. PDFium then stops at an `unreachable`, as it does for much else. */
const outOfMemory = /Unable to grow instance memory/;

const tooLarge = (memoryMb: number) =>
  `This PDF file takes more memory to draw than the ${memoryMb} MB allowed. Please save it smaller, or send a scan.`;

const damaged = 'This PDF file is damaged or incomplete. Please save or send it again.';

const refusals = {
  password:
    'This PDF file is protected by a password, without which it can’t be shown. Only unprotected ones are accepted.',
  encryption: 'This PDF file is encrypted in an unknown way. Only unprotected ones are accepted.',
  damaged,
  'no page': 'This PDF file has no page that can be drawn; it is damaged or empty.',
} as const;
