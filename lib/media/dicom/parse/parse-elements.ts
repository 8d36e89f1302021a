import { RejectedImage } from '../../rejected-image.ts';
import { standardVr } from './data-dictionary.ts';
import type { DataElement, DataSet, Span } from './data-set.ts';
import { MoreBytesNeeded } from './more-bytes-needed.ts';
import { hasLongLength, isVr, type Vr } from './vr.ts';

/** Limits for parsing one file. */
export interface ParseLimits {
  /** Default 64: reports nest deepest, real ones to about 20. */
  depth: number;
  /** Default 500,000 elements, items and fragments together: an enhanced CT of 2,000 frames has a fifth of it. */
  elements: number;
}

/** The encoding of a data set. */
export interface Encoding {
  isExplicit: boolean;
  isBigEndian: boolean;
}

const UNDEFINED = 0xffff_ffff;
const ITEM = 'FFFEE000';
const ITEM_END = 'FFFEE00D';
const SEQUENCE_END = 'FFFEE0DD';
const PIXEL_DATA = '7FE00010';

/** (7FE0,0008), (7FE0,0009) and (7FE0,0010): not needed if only the header is read. */
const isPixelData = (tag: string) => tag === PIXEL_DATA || tag === '7FE00008' || tag === '7FE00009';

/**
 * Parses data elements sequentially; its position is its only state. Every length is checked against the enclosing
 * range before it is used; nothing is copied.
 */
export class ElementParser {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** The length of the file; the bytes may be only its beginning. */
  readonly #fileBytes: number;
  readonly #limits: ParseLimits;
  #at: number;
  #count = 0;
  #contentEnd: number | undefined;

  constructor(bytes: Uint8Array, { at = 0, fileBytes = bytes.length, limits }: ParserOptions) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#fileBytes = fileBytes;
    this.#limits = limits;
    this.#at = at;
  }

  get at(): number {
    return this.#at;
  }

  /** The file meta information: group 0002, always in explicit VR little endian (PS3.10 7.1), whatever its length says. */
  parseMeta(): DataSet {
    const encoding = { isExplicit: true, isBigEndian: false };
    const dataSet = this.#empty(encoding);
    while (this.#at + 8 <= this.#bytes.length && this.#view.getUint16(this.#at, true) === 2)
      this.#add(dataSet, this.#element(dataSet, encoding, this.#fileBytes, 0));
    if (this.#bytes.length < this.#fileBytes) this.#need(8);
    return dataSet;
  }

  /** Parses a data set up to the end of the file. */
  parseDataSet(encoding: Encoding): DataSet {
    const dataSet = this.#empty(encoding);
    this.#elementsUntil(dataSet, encoding, this.#fileBytes, 0);
    return dataSet;
  }

  #empty({ isBigEndian }: Encoding, parent?: DataSet): DataSet {
    const dataSet: DataSet = { bytes: this.#bytes, isBigEndian, elements: new Map() };
    if (parent) dataSet.parent = parent;
    return dataSet;
  }

  #elementsUntil(dataSet: DataSet, encoding: Encoding, end: number, depth: number): void {
    while (this.#at < end) {
      if (depth === 0 && this.#isFiller(encoding, end)) return;
      const element = this.#element(dataSet, encoding, end, depth);
      this.#add(dataSet, element);
      if (element.isBeyond) return;
    }
  }

  /**
   * Whether there is nothing more to the end of the file but zeros, with which some writers fill up blocks, and ends of
   * sequences that are none, of which some write one too many.
   */
  #isFiller({ isBigEndian }: Encoding, end: number): boolean {
    if (end > this.#bytes.length) return false;
    // Looked for once, from behind: a file of zeros with one byte at its end would be scanned for each element.
    this.#contentEnd ??= this.#bytes.findLastIndex((byte) => byte !== 0) + 1;
    let at = this.#at;
    while (at < this.#contentEnd && at + 8 <= end && this.#isEndAt(at, !isBigEndian)) at += 8;
    return at >= this.#contentEnd;
  }

  #isEndAt(at: number, little: boolean): boolean {
    const tag = this.#tag(at, little);
    return (tag === SEQUENCE_END || tag === ITEM_END) && this.#view.getUint32(at + 4) === 0;
  }

  /** PS3.5 7.1: a tag occurs once. If it is repeated, the first one counts, so that no later one can bypass a check. */
  #add({ elements }: DataSet, element: DataElement): void {
    if (!elements.has(element.tag)) elements.set(element.tag, element);
  }

  #element(dataSet: DataSet, encoding: Encoding, end: number, depth: number): DataElement {
    const { tag, vr: known, length, start } = this.#header(dataSet, encoding, end);
    if (length === UNDEFINED)
      return this.#ofUndefinedLength(dataSet, encoding, { tag, vr: known, start, end, depth });

    if (length > end - this.#at) throw this.#tooLong(tag, length, end);
    // The file says nothing of a VR, and has something else where the standard has a sequence: unknown bytes.
    const vr = known === 'SQ' && !encoding.isExplicit && !this.#isItems(length, encoding) ? 'UN' : known;
    const element: DataElement = { tag, vr, offset: this.#at, length };
    if (vr === 'SQ') {
      element.items = this.#items(dataSet, encoding, this.#at + length, depth + 1, tag);
      return element;
    }
    if (vr === 'UN' && encoding.isExplicit && standardVr(tag) === 'SQ') {
      const items = this.#itemsOfUnknown(dataSet, length, depth + 1, tag);
      if (items) return { ...element, vr: 'SQ', items };
    }
    if (this.#at + length > this.#bytes.length) {
      if (depth === 0 && isPixelData(tag)) element.isBeyond = true;
      else throw new MoreBytesNeeded(this.#at + length);
    }
    this.#at += length;
    return element;
  }

  #header(dataSet: DataSet, { isExplicit, isBigEndian }: Encoding, end: number) {
    this.#countOne();
    const start = this.#at;
    if (end - start < 8) throw this.#incomplete(start);
    this.#need(8);
    const little = !isBigEndian;
    const tag = this.#tag(start, little);
    if (tag.startsWith('FFFE'))
      throw broken(`a delimiter of a sequence (${dashed(tag)}) where no sequence is`, start);
    const letters = String.fromCharCode(this.#bytes[start + 4] ?? 0, this.#bytes[start + 5] ?? 0);
    if (!isExplicit || !/^[A-Z]{2}$/.test(letters)) {
      // Some writers fall back to implicit VR for single elements of an explicit data set: pydicom reads them, and so do we.
      if (isExplicit && /[^\0 -~]/.test(letters) && standardVr(tag) === 'UN')
        throw broken(`the element (${dashed(tag)}) without a value representation`, start);
      this.#at = start + 8;
      let length = this.#view.getUint32(start + 4, little);
      // Blanks where a VR should be, and behind them its length of 16 bits: as one of 32 bits they go beyond everything.
      if (isExplicit && /^[ -@]{2}$/.test(letters) && length > end - this.#at)
        length = this.#view.getUint16(start + 6, little);
      return { tag, vr: this.#vrOf(tag, dataSet), length, start };
    }
    // PS3.5 7.1.2: future VRs will have the long form, as UN has.
    const vr = isVr(letters) ? letters : 'UN';
    if (isVr(letters) && !hasLongLength(letters)) {
      this.#at = start + 8;
      return { tag, vr, length: this.#view.getUint16(start + 6, little), start };
    }
    if (end - start < 12) throw this.#incomplete(start);
    this.#need(12);
    this.#at = start + 12;
    const length = this.#view.getUint32(start + 8, little);
    // PS3.5 6.2.2 note 2: whoever did not know the VR wrote UN; the standard may know it.
    const known = vr === 'UN' && length !== UNDEFINED ? this.#vrOf(tag, dataSet) : vr;
    return { tag, vr: known === 'SQ' ? vr : known, length, start };
  }

  #vrOf(tag: string, dataSet: DataSet): Vr {
    const vr = standardVr(tag);
    if (vr !== 'XS') return vr;
    // PS3.5 A.1 and PS3.3 C.7.6.3.1.1: signed where the pixels are.
    for (let set: DataSet | undefined = dataSet; set; set = set.parent) {
      const representation = set.elements.get('00280103');
      if (representation && representation.length >= 2)
        return this.#view.getUint16(representation.offset, !set.isBigEndian) === 1 ? 'SS' : 'US';
    }
    return 'US';
  }

  #ofUndefinedLength(
    dataSet: DataSet,
    encoding: Encoding,
    { tag, vr, start, end, depth }: { tag: string; vr: Vr; start: number; end: number; depth: number },
  ): DataElement {
    const offset = this.#at;
    if (tag === PIXEL_DATA || vr === 'OB' || vr === 'OW') {
      if (depth === 0 && tag === PIXEL_DATA && this.#bytes.length < this.#fileBytes)
        return { tag, vr, offset, length: 0, isBeyond: true };
      const fragments = this.#fragments(encoding, end);
      return { tag, vr: vr === 'UN' ? 'OB' : vr, offset, length: this.#at - offset, fragments };
    }
    if (vr !== 'SQ' && vr !== 'UN') throw broken(`the element (${dashed(tag)}) of undefined length`, start);
    // PS3.5 6.2.2 note 2: within UN of undefined length all is implicit VR little endian.
    const inner = vr === 'UN' ? { isExplicit: false, isBigEndian: false } : encoding;
    const items = this.#items(dataSet, inner, end, depth + 1, tag, true);
    return { tag, vr: 'SQ', offset, length: this.#at - offset, items };
  }

  /** The items of a sequence that was written as UN. If it is not a sequence, its bytes stay unknown. */
  #itemsOfUnknown(dataSet: DataSet, length: number, depth: number, tag: string): DataSet[] | undefined {
    const offset = this.#at;
    try {
      return this.#items(dataSet, { isExplicit: false, isBigEndian: false }, offset + length, depth, tag);
    } catch (error) {
      if (!(error instanceof RejectedImage)) throw error;
      this.#at = offset;
      return undefined;
    }
  }

  /** Whether so many bytes may be items: none, or such as begin with one. */
  #isItems(length: number, { isBigEndian }: Encoding): boolean {
    if (length === 0) return true;
    if (length < 8) return false;
    this.#need(8);
    const tag = this.#tag(this.#at, !isBigEndian);
    return tag === ITEM || tag === SEQUENCE_END;
  }

  /** PS3.5 7.5: items one after the other, until the sequence's length or its delimiter. */
  #items(
    parent: DataSet,
    encoding: Encoding,
    end: number,
    depth: number,
    tag: string,
    isUndefined = false,
  ): DataSet[] {
    if (depth > this.#limits.depth)
      throw new RejectedImage(
        `This DICOM file nests sequences deeper than the ${this.#limits.depth} allowed.`,
      );
    const items: DataSet[] = [];
    while (this.#at < end) {
      this.#countOne();
      if (end - this.#at < 8) throw this.#incomplete(this.#at);
      this.#need(8);
      const start = this.#at;
      const name = this.#tag(start, !encoding.isBigEndian);
      const length = this.#view.getUint32(start + 4, !encoding.isBigEndian);
      this.#at += 8;
      if (name === SEQUENCE_END) {
        // A writer may give both a length and a delimiter.
        if (isUndefined || this.#at === end) return items;
        continue;
      }
      if (name !== ITEM)
        throw broken(`(${dashed(name)}) instead of an item in the sequence (${dashed(tag)})`, start);
      items.push(this.#item(parent, encoding, length, end, depth, tag));
    }
    if (isUndefined) throw this.#incomplete(end);
    return items;
  }

  #item(
    parent: DataSet,
    encoding: Encoding,
    length: number,
    end: number,
    depth: number,
    tag: string,
  ): DataSet {
    const item = this.#empty(encoding, parent);
    if (length !== UNDEFINED) {
      if (length > end - this.#at) throw this.#tooLong(tag, length, end);
      this.#elementsUntil(item, encoding, this.#at + length, depth);
      return item;
    }
    for (;;) {
      if (end - this.#at < 8) throw this.#incomplete(this.#at);
      this.#need(8);
      if (this.#tag(this.#at, !encoding.isBigEndian) === ITEM_END) {
        this.#at += 8;
        return item;
      }
      this.#add(item, this.#element(item, encoding, end, depth));
    }
  }

  /** PS3.5 A.4: an offset table that may be empty, then the fragments. */
  #fragments({ isBigEndian }: Encoding, end: number): Span[] {
    const fragments: Span[] = [];
    for (;;) {
      this.#countOne();
      const start = this.#at;
      if (start === end)
        throw new RejectedImage('This DICOM file is incomplete: it ends before its pixel data do.');
      if (end - start < 8) throw this.#incomplete(start);
      this.#need(8);
      const name = this.#tag(start, !isBigEndian);
      const length = this.#view.getUint32(start + 4, !isBigEndian);
      this.#at = start + 8;
      if (name === SEQUENCE_END) return fragments;
      if (name !== ITEM) throw broken(`(${dashed(name)}) instead of a fragment of the pixel data`, start);
      if (length > end - this.#at) throw this.#tooLong(PIXEL_DATA, length, end);
      this.#need(length);
      fragments.push({ offset: this.#at, length });
      this.#at += length;
    }
  }

  #tag(at: number, little: boolean): string {
    const number = this.#view.getUint16(at, little) * 0x1_0000 + this.#view.getUint16(at + 2, little);
    return number.toString(16).toUpperCase().padStart(8, '0');
  }

  #need(length: number): void {
    if (this.#at + length > this.#bytes.length)
      throw this.#at + length > this.#fileBytes
        ? this.#incomplete(this.#at)
        : new MoreBytesNeeded(this.#at + length);
  }

  #countOne(): void {
    if (++this.#count > this.#limits.elements)
      throw new RejectedImage(
        `This DICOM file has more than the ${this.#limits.elements} data elements allowed.`,
      );
  }

  #tooLong(tag: string, length: number, end: number): RejectedImage {
    const isOfFile = end === this.#fileBytes;
    const where = isOfFile ? 'the file has only' : 'what is around it has only';
    return new RejectedImage(
      `This DICOM file is damaged or incomplete: (${dashed(tag)}) claims ${length} bytes, ${where} ${end - this.#at} left.`,
    );
  }

  #incomplete(at: number): RejectedImage {
    return new RejectedImage(
      `This DICOM file is incomplete: it ends in the middle of the element at byte ${at}.`,
    );
  }
}

interface ParserOptions {
  at?: number;
  fileBytes?: number;
  limits: ParseLimits;
}

const dashed = (tag: string) => `${tag.slice(0, 4)},${tag.slice(4)}`;

const broken = (what: string, at: number) =>
  new RejectedImage(`This DICOM file is damaged: it has ${what}, at byte ${at}.`);
