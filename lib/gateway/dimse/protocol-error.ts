/** The reasons of an abort by the service provider (PS3.8 table 9-26). */
export const ABORT_REASON = {
  notSpecified: 0,
  unrecognizedPdu: 1,
  unexpectedPdu: 2,
  invalidParameter: 6,
} as const;
type Reason = (typeof ABORT_REASON)[keyof typeof ABORT_REASON];

/** The peer does not follow PS3.8 or PS3.7. The association is aborted. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly reason: Reason;

  constructor(message: string, reason: Reason = ABORT_REASON.invalidParameter) {
    super(message);
    this.reason = reason;
  }
}

/** The connection ended, or the peer aborted the association. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}
