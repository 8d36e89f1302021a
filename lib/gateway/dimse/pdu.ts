/** The types of the protocol data units (PS3.8 9.3). */
export const PDU = {
  associateRequest: 1,
  associateAccept: 2,
  associateReject: 3,
  data: 4,
  releaseRequest: 5,
  releaseResponse: 6,
  abort: 7,
} as const;

/** Type, a reserved byte, and the length of the rest (PS3.8 9.3.1). */
export const PDU_HEADER_BYTES = 6;

/** The length of a presentation data value, its context, and its control header (PS3.8 9.3.5.1, E.2). */
export const PDV_HEADER_BYTES = 6;

/** The largest P-DATA that we accept; it is announced to the peer (PS3.8 D.1). */
export const MAX_PDU_BYTES = 128 * 1024;

export function encodePdu(type: number, content: Uint8Array): Buffer {
  const header = Buffer.alloc(PDU_HEADER_BYTES);
  header[0] = type;
  header.writeUInt32BE(content.length, 2);
  return Buffer.concat([header, content]);
}

/** A-RELEASE-RQ and A-RELEASE-RP (PS3.8 9.3.6, 9.3.7). */
export const encodeRelease = (type: number): Buffer => encodePdu(type, Buffer.alloc(4));

/** A-ABORT by the service provider (PS3.8 9.3.8). */
export const encodeAbort = (reason: number): Buffer => encodePdu(PDU.abort, Buffer.from([0, 0, 2, reason]));

/** Why an association is rejected: result, source and reason (PS3.8 table 9-21). */
export const REJECTION = {
  applicationContext: [1, 1, 2],
  callingAeTitle: [1, 1, 3],
  calledAeTitle: [1, 1, 7],
  protocolVersion: [1, 2, 2],
  localLimit: [2, 3, 2],
} as const;
export type Rejection = keyof typeof REJECTION;

export const encodeReject = (rejection: Rejection): Buffer =>
  encodePdu(PDU.associateReject, Buffer.from([0, ...REJECTION[rejection]]));

/** One presentation data value as a P-DATA-TF (PS3.8 9.3.5). */
export function encodeData(
  contextId: number,
  isCommand: boolean,
  isLast: boolean,
  value: Uint8Array,
): Buffer {
  const header = Buffer.alloc(PDU_HEADER_BYTES + PDV_HEADER_BYTES);
  header[0] = PDU.data;
  header.writeUInt32BE(PDV_HEADER_BYTES + value.length, 2);
  header.writeUInt32BE(2 + value.length, 6);
  header[10] = contextId;
  header[11] = (isCommand ? 1 : 0) | (isLast ? 2 : 0);
  return Buffer.concat([header, value]);
}
