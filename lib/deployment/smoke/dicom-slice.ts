import { randomUUID } from 'node:crypto';

/** A UID of one's own, from a UUID (PS3.5 B.2). */
export const newUid = () => `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`;

const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';
const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
const SIDE = 16;

type Element = [group: number, element: number, vr: string, value: string | number | Buffer];

/** A Secondary Capture of 16 × 16 pixels in Explicit VR Little Endian (PS3.10 7, PS3.5 7.1.2). */
export function dicomSlice(patientId: string, studyUid: string, seriesUid: string, sopUid: string): Buffer {
  const pixels = Buffer.from(Uint8Array.from({ length: SIDE * SIDE }, (_zero, index) => index));
  const meta = encode([
    [2, 1, 'OB', Buffer.from([0, 1])],
    [2, 2, 'UI', SECONDARY_CAPTURE],
    [2, 3, 'UI', sopUid],
    [2, 0x10, 'UI', EXPLICIT_LITTLE_ENDIAN],
    [2, 0x12, 'UI', '2.25.80302813137786398554742050926734630921'],
  ]);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    encode([[2, 0, 'UL', meta.length]]),
    meta,
    encode([
      [8, 0x16, 'UI', SECONDARY_CAPTURE],
      [8, 0x18, 'UI', sopUid],
      [8, 0x60, 'CS', 'OT'],
      [0x10, 0x10, 'PN', 'Smoke^Test'],
      [0x10, 0x20, 'LO', patientId],
      [0x20, 0xd, 'UI', studyUid],
      [0x20, 0xe, 'UI', seriesUid],
      [0x28, 2, 'US', 1],
      [0x28, 4, 'CS', 'MONOCHROME2'],
      [0x28, 0x10, 'US', SIDE],
      [0x28, 0x11, 'US', SIDE],
      [0x28, 0x100, 'US', 8],
      [0x28, 0x101, 'US', 8],
      [0x28, 0x102, 'US', 7],
      [0x28, 0x103, 'US', 0],
      [0x7fe0, 0x10, 'OB', pixels],
    ]),
  ]);
}

const encode = (elements: readonly Element[]) => Buffer.concat(elements.map(encodeElement));

function encodeElement([group, element, vr, value]: Element): Buffer {
  const bytes = bytesOf(vr, value);
  const header = Buffer.alloc(vr === 'OB' ? 12 : 8);
  header.writeUInt16LE(group, 0);
  header.writeUInt16LE(element, 2);
  header.write(vr, 4, 'latin1');
  if (vr === 'OB') header.writeUInt32LE(bytes.length, 8);
  else header.writeUInt16LE(bytes.length, 6);
  return Buffer.concat([header, bytes]);
}

function bytesOf(vr: string, value: Element[3]): Buffer {
  if (typeof value !== 'number') {
    const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
    // An even length: UIDs end with a NUL, text with a space (PS3.5 6.2).
    return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
  }
  const bytes = Buffer.alloc(vr === 'UL' ? 4 : 2);
  bytes.writeUIntLE(value, 0, bytes.length);
  return bytes;
}
