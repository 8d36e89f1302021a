/** Value representations (PS3.5 6.2): each with the bytes of its numbers, or how its bytes are text. */
const vrs = {
  AE: 'ascii',
  AS: 'ascii',
  AT: 'tag',
  CS: 'ascii',
  DA: 'ascii',
  DS: 'ascii',
  DT: 'ascii',
  FD: 'float64',
  FL: 'float32',
  IS: 'ascii',
  LO: 'text',
  LT: 'paragraph',
  OB: 'bytes',
  OD: 'bytes',
  OF: 'bytes',
  OL: 'bytes',
  OV: 'bytes',
  OW: 'bytes',
  PN: 'text',
  SH: 'text',
  SL: 'int32',
  SQ: 'items',
  SS: 'int16',
  ST: 'paragraph',
  SV: 'int64',
  TM: 'ascii',
  UC: 'text',
  UI: 'ascii',
  UL: 'uint32',
  UN: 'bytes',
  UR: 'url',
  US: 'uint16',
  UT: 'paragraph',
  UV: 'uint64',
} as const;

export type Vr = keyof typeof vrs;

/** How a value is written: `text` may have many values, `paragraph` has one with its backslashes (PS3.5 6.4). */
export type VrKind = (typeof vrs)[Vr];

export const isVr = (text: string): text is Vr => Object.hasOwn(vrs, text);

export const kindOf = (vr: Vr): VrKind => vrs[vr];

/** PS3.5 7.1.2, table 7.1-1: the VRs with a length of 32 bits after two reserved bytes in explicit VR. */
const long = new Set<string>(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);

export const hasLongLength = (vr: Vr): boolean => long.has(vr);

/** Bytes of one number, for what a big endian data set has to be swapped by; 1 where order means nothing. */
export function wordBytes(vr: Vr): 1 | 2 | 4 | 8 {
  if (vr === 'OW' || vr === 'US' || vr === 'SS' || vr === 'AT') return 2;
  if (vr === 'OF' || vr === 'OL' || vr === 'FL' || vr === 'UL' || vr === 'SL') return 4;
  return vr === 'OD' || vr === 'OV' || vr === 'FD' || vr === 'SV' || vr === 'UV' ? 8 : 1;
}
