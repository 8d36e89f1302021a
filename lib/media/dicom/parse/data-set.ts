import type { Vr } from './vr.ts';

/** Where bytes are: the value of an element, a fragment, a frame. */
export interface Span {
  offset: number;
  length: number;
}

/** A data element (PS3.5 7.1): its value stays in the file's bytes until it is asked for. */
export interface DataElement extends Span {
  /** `GGGGEEEE`, as DICOM JSON and DICOMweb write tags. */
  tag: string;
  vr: Vr;
  /** Of a sequence. */
  items?: DataSet[];
  /** Of encapsulated pixel data, its offset table first (PS3.5 A.4). */
  fragments?: Span[];
  /** Whether the value is where a prefix of the file no longer reaches: only pixel data may. */
  isBeyond?: true;
}

/** A data set (PS3.5 7), which is also what an item of a sequence has in it. */
export interface DataSet {
  /** All that the offsets count in: the file, or what came out of a deflated one. */
  bytes: Uint8Array;
  isBigEndian: boolean;
  elements: Map<string, DataElement>;
  /** Of an item: the data set around it, whose character set holds within (PS3.3 C.12.1.1.2). */
  parent?: DataSet;
}

/** The bytes of a value or fragment, not copied. */
export const bytesOf = ({ bytes }: DataSet, { offset, length }: Span): Uint8Array =>
  bytes.subarray(offset, offset + length);
