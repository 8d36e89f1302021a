import { ProtocolError } from './protocol-error.ts';

/** The values of Command Field (PS3.7 E.1). A response has the bit 0x8000 in addition. */
export const COMMAND = {
  store: 0x0001,
  get: 0x0010,
  find: 0x0020,
  move: 0x0021,
  echo: 0x0030,
  eventReport: 0x0100,
  action: 0x0130,
  cancel: 0x0fff,
} as const;
export const RESPONSE = 0x8000;

/** Statuses (PS3.7 C, PS3.4 B.2.3 and C.4). */
export const STATUS = {
  success: 0x0000,
  cancelled: 0xfe00,
  pending: 0xff00,
  pendingWithoutKeys: 0xff01,
  outOfResources: 0xa700,
  moveDestinationUnknown: 0xa801,
  dataSetDoesNotMatch: 0xa900,
  cannotUnderstand: 0xc000,
  someSubOperationsFailed: 0xb000,
  processingFailure: 0x0110,
  noSuchInstance: 0x0112,
  invalidArgument: 0x0115,
  noSuchAction: 0x0123,
  unrecognizedOperation: 0x0211,
} as const;

/** The value of Command Data Set Type that means: no data set follows. Any other means one. */
const NO_DATA_SET = 0x0101;

/** The elements of group 0000 that we read and write (PS3.7 E.1). */
const ELEMENTS = {
  affectedSopClass: [0x0002, 'text'],
  requestedSopClass: [0x0003, 'text'],
  field: [0x0100, 'number'],
  messageId: [0x0110, 'number'],
  respondedTo: [0x0120, 'number'],
  moveDestination: [0x0600, 'text'],
  priority: [0x0700, 'number'],
  dataSetType: [0x0800, 'number'],
  status: [0x0900, 'number'],
  errorComment: [0x0902, 'text'],
  affectedSopInstance: [0x1000, 'text'],
  requestedSopInstance: [0x1001, 'text'],
  eventType: [0x1002, 'number'],
  actionType: [0x1008, 'number'],
  remaining: [0x1020, 'number'],
  completed: [0x1021, 'number'],
  failed: [0x1022, 'number'],
  warning: [0x1023, 'number'],
  moveOriginator: [0x1030, 'text'],
  moveOriginatorId: [0x1031, 'number'],
} as const;

type Names = keyof typeof ELEMENTS;
type Values = { [name in Names]?: (typeof ELEMENTS)[name][1] extends 'number' ? number : string };

/** A command set: Command Field, and what else it has. */
export type Command = Omit<Values, 'dataSetType'> & { field: number };

const byElement = new Map<number, { name: string; kind: 'text' | 'number' }>(
  Object.entries(ELEMENTS).map(([name, [element, kind]]) => [element, { name, kind }]),
);

/** Decodes a command set, which is in implicit VR little endian (PS3.7 6.3.1). @throws ProtocolError */
export function decodeCommand(bytes: Buffer): { command: Command; hasData: boolean } {
  const values: Record<string, number | string> = {};
  for (let at = 0; at < bytes.length; ) {
    if (at + 8 > bytes.length) throw new ProtocolError('the command set is incomplete');
    const end = at + 8 + bytes.readUInt32LE(at + 4);
    if (end > bytes.length) throw new ProtocolError('an element of the command set is longer than the set');
    const known = bytes.readUInt16LE(at) === 0 ? byElement.get(bytes.readUInt16LE(at + 2)) : undefined;
    const value = bytes.subarray(at + 8, end);
    if (known?.kind === 'number' && value.length >= 2) values[known.name] = value.readUInt16LE(0);
    if (known?.kind === 'text') values[known.name] = value.toString('latin1').replaceAll('\0', ' ').trim();
    at = end;
  }
  const { field, dataSetType = NO_DATA_SET, ...others } = values as Values;
  if (field === undefined) throw new ProtocolError('the command set has no command field');
  return { command: { field, ...others }, hasData: dataSetType !== NO_DATA_SET };
}

export function encodeCommand(command: Command, hasData: boolean): Buffer {
  const values: Values = { ...command, dataSetType: hasData ? 1 : NO_DATA_SET };
  const elements = Object.entries(ELEMENTS).flatMap(([name, [element]]) => {
    const value = values[name as Names];
    return value === undefined ? [] : [encodeElement(element, encodeValue(value, name))];
  });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(elements.reduce((sum, { length }) => sum + length, 0));
  return Buffer.concat([encodeElement(0, length), ...elements]);
}

function encodeValue(value: number | string, name: string): Buffer {
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16LE(value & 0xffff);
    return bytes;
  }
  // PS3.5 6.2: an even length; UIDs are padded by NUL, other texts by a space.
  const pad = name.endsWith('SopClass') || name.endsWith('SopInstance') ? '\0' : ' ';
  return Buffer.from(value.length % 2 === 0 ? value : value + pad, 'latin1');
}

function encodeElement(element: number, value: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(element, 2);
  header.writeUInt32LE(value.length, 4);
  return Buffer.concat([header, value]);
}
