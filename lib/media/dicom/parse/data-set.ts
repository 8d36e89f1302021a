import type { Vr } from './vr.ts';

/** A range of bytes: the value of an element, a fragment, a frame. */
export interface Span {
  offset: number;
  length: number;
}

/** A data element (PS3.5 7.1). Its value is not copied from the file's bytes. */
export interface DataElement extends Span {
  /** `GGGGEEEE`, as DICOM JSON and DICOMweb write tags. */
  tag: string;
  vr: Vr;
  /** The items of a sequence. */
  items?: DataSet[];
  /** The fragments of encapsulated pixel data, the offset table first (PS3.5 A.4). */
  fragments?: Span[];
  /** Whether the value is not within the prefix of the file that was read; possible for pixel data only. */
  isBeyond?: true;
}

/** A data set (PS3.5 7), also that of a sequence item. */
export interface DataSet {
  /** The bytes that offsets refer to: the file, or the decompressed data of a deflated file. */
  bytes: Uint8Array;
  isBigEndian: boolean;
  elements: Map<string, DataElement>;
  /** For an item: the enclosing data set, whose character set also applies to the item (PS3.3 C.12.1.1.2). */
  parent?: DataSet;
}

/** The bytes of a value or fragment, without a copy. */
export const bytesOf = ({ bytes }: DataSet, { offset, length }: Span): Uint8Array =>
  bytes.subarray(offset, offset + length);
