import { PDFiumModule } from '@hyzyla/pdfium';

/** What this process tells its parent: that it can work at all, then what became of the file. */
export type PdfPageMessage =
  | 'ready'
  | { page: { width: number; height: number; rgb: Uint8Array; pages: number } }
  | { refused: 'password' | 'encryption' | 'damaged' | 'no page' };

/** Error codes of FPDF_GetLastError (PDFium, fpdfview.h) that have words of their own here. */
const reasons: Record<number, 'password' | 'encryption'> = { 4: 'password', 5: 'encryption' };

/** Pixels of four bytes, the last unused; annotations are drawn; red before blue (fpdfview.h). */
const FORMAT_BGRX = 3;
const ANNOTATIONS = 0x01;
const REVERSE_BYTE_ORDER = 0x10;
const WHITE = 0xffff_ffff;

/** FPDF_FORMFILLINFO (fpdf_formfill.h): version 2, and none of its callbacks. It has 140 bytes. */
const FORM_INFO = Uint8Array.from({ length: 256 }, (_, i) => (i === 0 ? 2 : 0));

/**
 * A process of its own: gets a PDF from its parent, gives back the pixels of the first page, and is killed.
 *
 * PDFium is compiled to WebAssembly, without V8: a document's scripts are bytes to it, and a hole in it reaches
 * neither files nor network. It can run for ever and fill its memory, which is why it runs here.
 */
const pdfium = await PDFiumModule({});
pdfium._FPDF_InitLibraryWithConfig({});
process.once('message', ({ pdf, box }: { pdf: Uint8Array; box: number }) => tell(drawFirstPage(pdf, box)));
process.once('disconnect', () => process.exit());
tell('ready');

function tell(message: PdfPageMessage): void {
  process.send?.(message);
}

function drawFirstPage(pdf: Uint8Array, box: number): PdfPageMessage {
  const document = pdfium._FPDF_LoadMemDocument(copyIn(pdf), pdf.length, 0);
  if (document === 0) return { refused: reasons[pdfium._FPDF_GetLastError()] ?? 'damaged' };
  const pages = pdfium._FPDF_GetPageCount(document);
  const page = pages > 0 && pdfium._FPDF_LoadPage(document, 0);
  if (!page) return { refused: 'no page' };

  // Upright (/Rotate) and in points, which a hostile page may have by the million, or none: only the shape counts.
  const [pageWidth, pageHeight] = [pdfium._FPDF_GetPageWidth(page), pdfium._FPDF_GetPageHeight(page)];
  if (!(pageWidth > 0 && pageHeight > 0)) return { refused: 'no page' };
  const scale = box / Math.max(pageWidth, pageHeight);
  const width = Math.max(1, Math.round(pageWidth * scale));
  const height = Math.max(1, Math.round(pageHeight * scale));

  // What was filled into a form is drawn by the form alone, and over the page.
  const form = pdfium._FPDFDOC_InitFormFillEnvironment(document, copyIn(FORM_INFO));
  pdfium._FORM_OnAfterLoadPage(page, form);
  const pixels = pdfium.wasmExports.malloc(width * height * 4);
  const bitmap = pdfium._FPDFBitmap_CreateEx(width, height, FORMAT_BGRX, pixels, width * 4);
  pdfium._FPDFBitmap_FillRect(bitmap, 0, 0, width, height, WHITE);
  pdfium._FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, ANNOTATIONS | REVERSE_BYTE_ORDER);
  pdfium._FPDF_FFLDraw(form, bitmap, page, 0, 0, width, height, 0, REVERSE_BYTE_ORDER);
  const rgb = new Uint8Array(width * height * 3);
  for (let from = pixels, to = 0; to < rgb.length; from += 4, to += 3) {
    rgb[to] = pdfium.HEAPU8[from] ?? 0;
    rgb[to + 1] = pdfium.HEAPU8[from + 1] ?? 0;
    rgb[to + 2] = pdfium.HEAPU8[from + 2] ?? 0;
  }
  return { page: { width, height, rgb, pages } };
}

/** Nothing is ever freed: the process ends with its one file. */
function copyIn(bytes: Uint8Array): number {
  const at = pdfium.wasmExports.malloc(bytes.length);
  pdfium.HEAPU8.set(bytes, at);
  return at;
}
