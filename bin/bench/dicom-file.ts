/** What makes an instance, beside its pixels. */
interface Instance {
  sopUid: string;
  seriesUid: string;
  studyUid: string;
  patientId: string;
  number?: number;
}

/** A CT slice of noise in Explicit VR Little Endian (PS3.10 7, PS3.5 7.1.2), of 2 × side² bytes and a few. */
export function dicomSlice(
  { sopUid, seriesUid, studyUid, patientId, number = 1 }: Instance,
  side = 16,
): Buffer<ArrayBuffer> {
  const pixels = Buffer.alloc(side * side * 2);
  for (let at = 0, value = number; at < pixels.length; at += 2) {
    value = (value * 75 + 74) % 65_537;
    pixels.writeUInt16LE(value % 4096, at);
  }
  const us = (value: number) => Buffer.from(Uint16Array.of(value).buffer);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element('00020010', 'UI', '1.2.840.10008.1.2.1'),
    element('00080016', 'UI', '1.2.840.10008.5.1.4.1.1.2'),
    element('00080018', 'UI', sopUid),
    element('00080020', 'DA', '20250601'),
    element('00080050', 'SH', 'A-1'),
    element('00080060', 'CS', 'CT'),
    element('00100010', 'PN', 'Muster^Erika'),
    element('00100020', 'LO', patientId),
    element('0020000D', 'UI', studyUid),
    element('0020000E', 'UI', seriesUid),
    element('00200013', 'IS', String(number)),
    element('00280002', 'US', us(1)),
    element('00280004', 'CS', 'MONOCHROME2'),
    element('00280010', 'US', us(side)),
    element('00280011', 'US', us(side)),
    element('00280100', 'US', us(16)),
    element('00280101', 'US', us(12)),
    element('00280102', 'US', us(11)),
    element('00280103', 'US', us(0)),
    element('7FE00010', 'OW', pixels),
  ]);
}

function element(tag: string, vr: string, value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const padding = Buffer.alloc(bytes.length % 2, vr === 'UI' ? 0 : ' ');
  const head = Buffer.alloc(vr === 'OW' ? 12 : 8);
  head.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), 0);
  head.writeUInt16LE(Number.parseInt(tag.slice(4), 16), 2);
  head.write(vr, 4, 'latin1');
  const length = bytes.length + padding.length;
  if (vr === 'OW') head.writeUInt32LE(length, 8);
  else head.writeUInt16LE(length, 6);
  return Buffer.concat([head, bytes, padding]);
}
