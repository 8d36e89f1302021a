import { PDFiumModule } from '@hyzyla/pdfium';
import { type DecoderAnswer, serveParent } from '../process/decoder-child.ts';

/** A rendered page: its size in pixels of RGB, and the number of pages of the document. */
export interface PdfPage {
  width: number;
  height: number;
  pages: number;
}

export type PdfRefusal = 'password' | 'encryption' | 'damaged' | 'no page';

/** A page to render. */
export interface PdfPageJob {
  pdf: Uint8Array;
  /** From 1. */
  page: number;
  /** The longer side of the rendered page in pixels. */
  box: number;
}

/** Error codes of FPDF_GetLastError (PDFium, fpdfview.h) that have their own message here. */
const reasons: Record<number, 'password' | 'encryption'> = { 4: 'password', 5: 'encryption' };

/** Pixels of four bytes, the last unused; annotations are rendered; red before blue (fpdfview.h). */
const FORMAT_BGRX = 3;
const ANNOTATIONS = 0x01;
const REVERSE_BYTE_ORDER = 0x10;
const WHITE = 0xffff_ffff;

/** FPDF_FORMFILLINFO (fpdf_formfill.h): version 2, and none of its callbacks. It has 140 bytes. */
const FORM_INFO = Uint8Array.from({ length: 256 }, (_value, i) => (i === 0 ? 2 : 0));

/** Functions of the module that its types lack (fpdf_text.h, fpdf_edit.h, fpdfview.h). */
type Untyped =
  | '_FPDFText_GetUnicode'
  | '_FPDFText_IsGenerated'
  | '_FPDFText_GetTextObject'
  | '_FPDFText_GetCharBox'
  | '_FPDFText_SetText'
  | '_FPDFTextObj_GetTextRenderMode'
  | '_FPDFTextObj_GetFont'
  | '_FPDFFont_GetIsEmbedded'
  | '_FPDF_PageToDevice'
  | '_FPDFPage_New'
  | '_FPDFPage_InsertObject'
  | '_FPDFPageObj_NewTextObj'
  | '_FPDFPageObj_Transform';

/**
 * A child process: receives a PDF from its parent, sends the pixels of one page, and is then terminated.
 *
 * PDFium is compiled to WebAssembly, without V8: it does not run a document's scripts, and a vulnerability in it gives
 * access to neither files nor network. It may loop forever or use all its memory, which is why it runs in a process of
 * its own.
 */
const module = await PDFiumModule({});
const pdfium = module as typeof module & Record<Untyped, (...numbers: number[]) => number>;
pdfium._FPDF_InitLibraryWithConfig({});
serveParent(drawPage);

function drawPage({ pdf, page: number, box }: PdfPageJob): DecoderAnswer<PdfPage, PdfRefusal> {
  const document = pdfium._FPDF_LoadMemDocument(copyIn(pdf), pdf.length, 0);
  if (document === 0) return { refused: reasons[pdfium._FPDF_GetLastError()] ?? 'damaged' };
  const pages = pdfium._FPDF_GetPageCount(document);
  const page = pages >= number && pdfium._FPDF_LoadPage(document, number - 1);
  if (!page) return { refused: 'no page' };

  // With /Rotate applied, in points. A malicious page may have millions of them, or none, so only the aspect ratio is
  // used.
  const [pageWidth, pageHeight] = [pdfium._FPDF_GetPageWidth(page), pdfium._FPDF_GetPageHeight(page)];
  if (!(pageWidth > 0 && pageHeight > 0)) return { refused: 'no page' };
  const scale = box / Math.max(pageWidth, pageHeight);
  const width = Math.max(1, Math.round(pageWidth * scale));
  const height = Math.max(1, Math.round(pageHeight * scale));

  // Values of form fields are rendered by the form environment only, on top of the page.
  const form = pdfium._FPDFDOC_InitFormFillEnvironment(document, copyIn(FORM_INFO));
  pdfium._FORM_OnAfterLoadPage(page, form);
  const noteHeight = Math.max(1, Math.round(width / 24));
  const pixels = pdfium.wasmExports.malloc(width * (height + noteHeight) * 4);
  const bitmap = pdfium._FPDFBitmap_CreateEx(width, height + noteHeight, FORMAT_BGRX, pixels, width * 4);
  pdfium._FPDFBitmap_FillRect(bitmap, 0, 0, width, height + noteHeight, WHITE);
  pdfium._FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, ANNOTATIONS | REVERSE_BYTE_ORDER);
  pdfium._FPDF_FFLDraw(form, bitmap, page, 0, 0, width, height, 0, REVERSE_BYTE_ORDER);
  const isMissing = hasUndrawnText(page, pixels, width, height);
  if (isMissing) writeNote(document, bitmap, width, height, noteHeight);
  const shown = height + (isMissing ? noteHeight : 0);
  const rgb = new Uint8Array(width * shown * 3);
  for (let from = pixels, to = 0; to < rgb.length; from += 4, to += 3) {
    rgb[to] = pdfium.HEAPU8[from] ?? 0;
    rgb[to + 1] = pdfium.HEAPU8[from + 1] ?? 0;
    rgb[to + 2] = pdfium.HEAPU8[from + 2] ?? 0;
  }
  return { picture: { width, height: shown, pages }, pixels: rgb };
}

/** FPDF_TEXTRENDERMODE_INVISIBLE and FPDF_TEXTRENDERMODE_CLIP (fpdf_edit.h): the text layer of a scan is invisible. */
const INVISIBLE_RENDER_MODES = [3, 7];

/** The number of characters that are checked. Further characters probably use the same fonts. */
const MOST_CHARACTERS = 20_000;

/**
 * Whether text of the page was not rendered: its font is not embedded, and PDFium, which has Latin fonts only, found no
 * substitute.
 */
function hasUndrawnText(page: number, pixels: number, width: number, height: number): boolean {
  const text = pdfium._FPDFText_LoadPage(page);
  if (text === 0) return false;
  const box = pdfium.wasmExports.malloc(40);
  const count = Math.min(pdfium._FPDFText_CountChars(text), MOST_CHARACTERS);
  for (let i = 0; i < count; i++) {
    const character = String.fromCodePoint(pdfium._FPDFText_GetUnicode(text, i) & 0x1f_ffff);
    if (/^[\s\p{Cc}\p{Cf}]$/u.test(character) && character !== '\0') continue;
    if (pdfium._FPDFText_IsGenerated(text, i) === 1) continue;
    const object = pdfium._FPDFText_GetTextObject(text, i);
    if (object === 0 || INVISIBLE_RENDER_MODES.includes(pdfium._FPDFTextObj_GetTextRenderMode(object)))
      continue;
    if (pdfium._FPDFFont_GetIsEmbedded(pdfium._FPDFTextObj_GetFont(object)) !== 0) continue;
    if (!isMarked(boxOf(page, text, i, box, width, height), pixels, width, height)) return true;
  }
  return false;
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The pixels of a character; undefined if PDFium has no glyph for it, and so no position. */
function boxOf(
  page: number,
  text: number,
  i: number,
  at: number,
  width: number,
  height: number,
): Box | undefined {
  if (!pdfium._FPDFText_GetCharBox(text, i, at, at + 8, at + 16, at + 24)) return undefined;
  const view = new DataView(pdfium.HEAPU8.buffer);
  const [left = 0, right = 0, bottom = 0, top = 0] = [0, 8, 16, 24].map((offset) =>
    view.getFloat64(at + offset, true),
  );
  const corners = [
    [left, top],
    [right, bottom],
  ].map(([x = 0, y = 0]) => {
    pdfium._FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, at + 32, at + 36);
    const now = new DataView(pdfium.HEAPU8.buffer);
    return { x: now.getInt32(at + 32, true), y: now.getInt32(at + 36, true) };
  });
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}

/** Whether the pixels of a box differ. A box outside of the page counts as marked. */
function isMarked(box: Box | undefined, pixels: number, width: number, height: number): boolean {
  if (!box) return false;
  const [left, right] = [Math.max(0, box.left - 1), Math.min(width - 1, box.right + 1)];
  const [top, bottom] = [Math.max(0, box.top - 1), Math.min(height - 1, box.bottom + 1)];
  if (left > right || top > bottom) return true;
  const view = new DataView(pdfium.HEAPU8.buffer, pixels, width * height * 4);
  const colour = view.getUint32((top * width + left) * 4) >>> 8;
  for (let y = top; y <= bottom; y++)
    for (let x = left; x <= right; x++) if (view.getUint32((y * width + x) * 4) >>> 8 !== colour) return true;
  return false;
}

const NOTE = 'Some text of this page is missing here: its font is not in the file.';

/** Writes below the page that text is missing. */
function writeNote(document: number, bitmap: number, width: number, top: number, height: number): void {
  const page = pdfium._FPDFPage_New(document, pdfium._FPDF_GetPageCount(document), width, height);
  const object = pdfium._FPDFPageObj_NewTextObj(
    document,
    copyIn(Buffer.from('Helvetica-Bold\0')),
    width / 38,
  );
  pdfium._FPDFText_SetText(object, copyIn(Buffer.from(`${NOTE}\0`, 'utf16le')));
  pdfium._FPDFPageObj_Transform(object, 1, 0, 0, 1, width / 50, height / 3);
  pdfium._FPDFPage_InsertObject(page, object);
  pdfium._FPDF_RenderPageBitmap(bitmap, page, 0, top, width, height, 0, REVERSE_BYTE_ORDER);
}

/** Memory is never freed: the process ends after one file. */
function copyIn(bytes: Uint8Array): number {
  const at = pdfium.wasmExports.malloc(bytes.length);
  pdfium.HEAPU8.set(bytes, at);
  return at;
}
