/** The values of an instance, beside its pixels. */
export interface Slice {
  sopUid: string;
  seriesUid: string;
  studyUid: string;
  patientId: string;
  patientName?: string;
  studyDate?: string;
  accession?: string;
  number?: number;
  /** Where it is along the body, in mm; by default its number. */
  position?: number;
}

/** A CT slice of noise in Explicit VR Little Endian (PS3.10 7, PS3.5 7.1.2), of 2 × side² bytes and a few. */
export function dicomSlice(slice: Slice, side = 16): Buffer<ArrayBuffer> {
  const pixels = Buffer.alloc(side * side * 2);
  for (let at = 0, value = slice.number ?? 1; at < pixels.length; at += 2) {
    value = (value * 75 + 74) % 65_537;
    pixels.writeUInt16LE(value % 4096, at);
  }
  return fileOf(slice, pixels, side);
}

const bodies = new Map<number, Buffer>();

/**
 * A CT slice like those of scanners: a body in air with some noise, windowed, 512 pixels wide (526 KB) by
 * default.
 */
export function ctSlice(slice: Slice, side = 512): Buffer<ArrayBuffer> {
  const body = bodies.get(side) ?? bodyOf(side);
  bodies.set(side, body);
  const pixels = Buffer.from(body);
  // No two slices have the same pixels.
  pixels.writeUInt16LE((slice.number ?? 1) % 4096, 0);
  return fileOf(slice, pixels, side);
}

/** Stored values of a slice of a body, 1024 above Hounsfield units. */
function bodyOf(side: number): Buffer {
  const pixels = Buffer.alloc(side * side * 2);
  let state = 1;
  for (let i = 0; i < side * side; i++) {
    const [x, y] = [((i % side) / side) * 2 - 1, (Math.floor(i / side) / side) * 2 - 1];
    const isBody = (x / 0.85) ** 2 + (y / 0.65) ** 2 < 1;
    const isSpine = x ** 2 + (y - 0.4) ** 2 < 0.015;
    const isLung = (Math.abs(x) - 0.4) ** 2 / 0.07 + y ** 2 / 0.16 < 1;
    const hounsfield = !isBody
      ? -1000
      : isSpine
        ? 700
        : isLung
          ? -850
          : 40 + 60 * Math.sin(x * 9) * Math.cos(y * 7);
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    pixels.writeUInt16LE(Math.max(0, Math.round(hounsfield + 1024 + ((state >> 16) & 31) - 16)), i * 2);
  }
  return pixels;
}

function fileOf(slice: Slice, pixels: Buffer, side: number): Buffer<ArrayBuffer> {
  const { sopUid, seriesUid, studyUid, patientId, number = 1, position = number } = slice;
  const us = (value: number) => Buffer.from(Uint16Array.of(value).buffer);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element('00020010', 'UI', '1.2.840.10008.1.2.1'),
    element('00080008', 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'),
    element('00080016', 'UI', '1.2.840.10008.5.1.4.1.1.2'),
    element('00080018', 'UI', sopUid),
    element('00080020', 'DA', slice.studyDate ?? '20250601'),
    element('00080021', 'DA', slice.studyDate ?? '20250601'),
    element('00080030', 'TM', '101500'),
    element('00080050', 'SH', slice.accession ?? 'A-1'),
    element('00080060', 'CS', 'CT'),
    element('00080070', 'LO', 'Example'),
    element('00081030', 'LO', 'CT chest'),
    element('0008103E', 'LO', 'Lung 1.0'),
    element('00100010', 'PN', slice.patientName ?? 'Patient^Paula'),
    element('00100020', 'LO', patientId),
    element('00100030', 'DA', '19700101'),
    element('00100040', 'CS', 'F'),
    element('00180015', 'CS', 'CHEST'),
    element('00180050', 'DS', '1.0'),
    element('00180060', 'DS', '120'),
    element('00181030', 'LO', 'Thorax'),
    element('00181150', 'IS', '500'),
    element('00181151', 'IS', '200'),
    element('00181210', 'SH', 'B60f'),
    element('0020000D', 'UI', studyUid),
    element('0020000E', 'UI', seriesUid),
    element('00200010', 'SH', '1'),
    element('00200011', 'IS', '2'),
    element('00200013', 'IS', String(number)),
    element('00200032', 'DS', `-170\\-170\\${position}`),
    element('00200037', 'DS', '1\\0\\0\\0\\1\\0'),
    element('00200052', 'UI', `${studyUid}.1`),
    element('00201041', 'DS', String(position)),
    element('00280002', 'US', us(1)),
    element('00280004', 'CS', 'MONOCHROME2'),
    element('00280010', 'US', us(side)),
    element('00280011', 'US', us(side)),
    element('00280030', 'DS', '0.66\\0.66'),
    element('00280100', 'US', us(16)),
    element('00280101', 'US', us(12)),
    element('00280102', 'US', us(11)),
    element('00280103', 'US', us(0)),
    element('00281050', 'DS', '40'),
    element('00281051', 'DS', '400'),
    element('00281052', 'DS', '-1024'),
    element('00281053', 'DS', '1'),
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
