import { hasLongLength, type Vr } from '../parse/vr.ts';
import { joined, uint16, uint32 } from './bytes.ts';

/** The value of an element to write. */
export interface NewElement {
  vr: Vr;
  value: Uint8Array;
}

/** PS3.5 7.1.2. A value from implicit VR can be too long for a VR with a 16-bit length; it is written as UN (6.2.2). */
export function encodeElement(tag: string, { vr, value }: NewElement): Uint8Array {
  const written = value.length > 0xffff && !hasLongLength(vr) ? 'UN' : vr;
  const length = hasLongLength(written) ? [new Uint8Array(2), uint32(value.length)] : [uint16(value.length)];
  return joined([tagBytes(tag), new TextEncoder().encode(written), ...length, value]);
}

/** PS3.5 7.1.3: tag, a length of 32 bits, value; items in explicit VR have this form, too. */
export const encodeImplicitElement = (tag: string, value: Uint8Array): Uint8Array =>
  joined([tagBytes(tag), uint32(value.length), value]);

export const tagBytes = (tag: string): Uint8Array =>
  joined([uint16(Number.parseInt(tag.slice(0, 4), 16)), uint16(Number.parseInt(tag.slice(4), 16))]);
