import { IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION } from '../../media/dicom/write/file-meta.ts';
import { encodePdu, MAX_PDU_BYTES, PDU } from './pdu.ts';
import { ProtocolError } from './protocol-error.ts';

/** PS3.7 A.2.1: the only one. */
export const APPLICATION_CONTEXT = '1.2.840.10008.3.1.1.1';

/** A proposed presentation context (PS3.8 9.3.2.2). */
export interface ProposedContext {
  id: number;
  abstractSyntax: string;
  transferSyntaxes: string[];
}

/** Whether a context was accepted, and with which transfer syntax (PS3.8 9.3.3.2); result 0 is acceptance. */
export interface ContextResult {
  id: number;
  result: number;
  transferSyntax: string;
}

/** The roles of the requestor for a SOP class (PS3.7 D.3.3.4). */
export interface Role {
  sopClass: string;
  scu: boolean;
  scp: boolean;
}

interface Associate {
  calledAe: string;
  callingAe: string;
  /** The largest P-DATA that the sender accepts; 0 is no limit. */
  maxPduBytes: number;
  roles: Role[];
}

export interface AssociateRequest extends Associate {
  protocolVersion: number;
  applicationContext: string;
  contexts: ProposedContext[];
}

export interface AssociateAccept extends Associate {
  contexts: ContextResult[];
}

/** The presentation contexts that one association may have: odd numbers from 1 to 255. */
export const MAX_CONTEXTS = 128;

const ITEM = { application: 0x10, proposed: 0x20, result: 0x21, abstract: 0x30, transfer: 0x40, user: 0x50 };
const USER = { maxLength: 0x51, implementationClass: 0x52, role: 0x54, implementationVersion: 0x55 };

/** The content of an A-ASSOCIATE-RQ (PS3.8 9.3.2). @throws ProtocolError */
export function decodeRequest(bytes: Buffer): AssociateRequest {
  const request: AssociateRequest = {
    ...decodeTitles(bytes),
    protocolVersion: bytes.readUInt16BE(0),
    applicationContext: '',
    contexts: [],
  };
  for (const { type, value } of itemsOf(bytes, FIXED_BYTES)) {
    if (type === ITEM.application) request.applicationContext = uidOf(value);
    if (type === ITEM.proposed) request.contexts.push(decodeProposed(value));
    if (type === ITEM.user) decodeUser(value, request);
  }
  return request;
}

/** The content of an A-ASSOCIATE-AC (PS3.8 9.3.3). @throws ProtocolError */
export function decodeAccept(bytes: Buffer): AssociateAccept {
  const accept: AssociateAccept = { ...decodeTitles(bytes), contexts: [] };
  for (const { type, value } of itemsOf(bytes, FIXED_BYTES)) {
    if (type === ITEM.result) accept.contexts.push(decodeResult(value));
    if (type === ITEM.user) decodeUser(value, accept);
  }
  return accept;
}

export const encodeRequest = (request: Omit<AssociateRequest, 'protocolVersion' | 'applicationContext'>) =>
  encodeAssociate(
    PDU.associateRequest,
    request,
    request.contexts.map(({ id, abstractSyntax, transferSyntaxes }) =>
      item(
        ITEM.proposed,
        Buffer.from([id, 0, 0, 0]),
        item(ITEM.abstract, Buffer.from(abstractSyntax)),
        ...transferSyntaxes.map((uid) => item(ITEM.transfer, Buffer.from(uid))),
      ),
    ),
  );

export const encodeAccept = (accept: AssociateAccept) =>
  encodeAssociate(
    PDU.associateAccept,
    accept,
    accept.contexts.map(({ id, result, transferSyntax }) =>
      item(ITEM.result, Buffer.from([id, 0, result, 0]), item(ITEM.transfer, Buffer.from(transferSyntax))),
    ),
  );

/** Version, a reserved field, two titles, 32 reserved bytes. */
const FIXED_BYTES = 68;

function encodeAssociate(type: number, associate: Associate, contexts: readonly Buffer[]): Buffer {
  const fixed = Buffer.alloc(FIXED_BYTES);
  fixed.writeUInt16BE(1, 0);
  fixed.write(associate.calledAe.padEnd(16), 4, 16, 'latin1');
  fixed.write(associate.callingAe.padEnd(16), 20, 16, 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(MAX_PDU_BYTES);
  const user = item(
    ITEM.user,
    item(USER.maxLength, length),
    item(USER.implementationClass, Buffer.from(IMPLEMENTATION_CLASS_UID)),
    ...associate.roles.map(encodeRole),
    item(USER.implementationVersion, Buffer.from(IMPLEMENTATION_VERSION)),
  );
  const application = item(ITEM.application, Buffer.from(APPLICATION_CONTEXT));
  return encodePdu(type, Buffer.concat([fixed, application, ...contexts, user]));
}

function decodeTitles(bytes: Buffer): Associate {
  if (bytes.length < FIXED_BYTES) throw new ProtocolError('the association request is too short');
  const title = (at: number) =>
    bytes
      .toString('latin1', at, at + 16)
      .replaceAll('\0', ' ')
      .trim();
  return { calledAe: title(4), callingAe: title(20), maxPduBytes: 0, roles: [] };
}

function decodeProposed(value: Buffer): ProposedContext {
  const context: ProposedContext = { id: byteOf(value, 0), abstractSyntax: '', transferSyntaxes: [] };
  if (context.id % 2 === 0) throw new ProtocolError(`the presentation context ${context.id} is not odd`);
  for (const { type, value: uid } of itemsOf(value, 4)) {
    if (type === ITEM.abstract) context.abstractSyntax = uidOf(uid);
    if (type === ITEM.transfer) context.transferSyntaxes.push(uidOf(uid));
  }
  return context;
}

function decodeResult(value: Buffer): ContextResult {
  const syntaxes = itemsOf(value, 4).filter(({ type }) => type === ITEM.transfer);
  const transferSyntax = syntaxes[0] ? uidOf(syntaxes[0].value) : '';
  return { id: byteOf(value, 0), result: byteOf(value, 2), transferSyntax };
}

function decodeUser(value: Buffer, into: Associate): void {
  for (const { type, value: content } of itemsOf(value, 0)) {
    if (type === USER.maxLength && content.length >= 4) into.maxPduBytes = content.readUInt32BE(0);
    if (type === USER.role) into.roles.push(decodeRole(content));
  }
}

function decodeRole(value: Buffer): Role {
  const end = 2 + byteOf(value, 0) * 256 + byteOf(value, 1);
  return {
    sopClass: uidOf(value.subarray(2, end)),
    scu: byteOf(value, end) === 1,
    scp: byteOf(value, end + 1) === 1,
  };
}

function encodeRole({ sopClass, scu, scp }: Role): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(sopClass.length);
  return item(USER.role, length, Buffer.from(sopClass), Buffer.from([Number(scu), Number(scp)]));
}

function item(type: number, ...content: Uint8Array[]): Buffer {
  const value = Buffer.concat(content);
  const header = Buffer.alloc(4);
  header[0] = type;
  header.writeUInt16BE(value.length, 2);
  return Buffer.concat([header, value]);
}

/** Items, each with a type, a reserved byte and a length of 16 bits (PS3.8 9.3.1). */
function itemsOf(bytes: Buffer, start: number): { type: number; value: Buffer }[] {
  const items: { type: number; value: Buffer }[] = [];
  for (let at = start; at < bytes.length; ) {
    if (at + 4 > bytes.length) throw new ProtocolError('an item of the association is incomplete');
    const end = at + 4 + bytes.readUInt16BE(at + 2);
    if (end > bytes.length)
      throw new ProtocolError('an item of the association is longer than what is around it');
    items.push({ type: byteOf(bytes, at), value: bytes.subarray(at + 4, end) });
    at = end;
  }
  return items;
}

function byteOf(bytes: Buffer, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw new ProtocolError('an item of the association is too short');
  return byte;
}

/** PS3.8 F.1: without padding; some peers pad nevertheless. */
const uidOf = (bytes: Buffer) => bytes.toString('latin1').replaceAll('\0', ' ').trim();
