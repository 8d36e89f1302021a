import type { Socket } from 'node:net';
import {
  APPLICATION_CONTEXT,
  type AssociateRequest,
  type ContextResult,
  decodeRequest,
  encodeAccept,
  type ProposedContext,
} from './associate.ts';
import { type AcceptedContext, Association, readPduHeader, within } from './association.ts';
import { ByteReader } from './byte-reader.ts';
import { encodeReject, PDU, type Rejection } from './pdu.ts';
import { ABORT_REASON, ProtocolError } from './protocol-error.ts';

/** How long a peer may take to request an association (the ARTIM timer of PS3.8 9.1.5). */
const REQUEST_MS = 30_000;
/** 128 contexts with 30 transfer syntaxes each are less. */
const MAX_REQUEST_BYTES = 512 * 1024;

/** Results of a presentation context (PS3.8 table 9-18). */
const RESULT = { accepted: 0, abstractSyntaxUnknown: 3, transferSyntaxesUnknown: 4 } as const;

export interface AcceptPolicy {
  /** Returns why the request is rejected, or undefined. */
  rejection(request: AssociateRequest): Rejection | undefined;
  /** Returns the transfer syntax of a context; undefined if none fits, null if its abstract syntax is unknown. */
  choose(context: ProposedContext): string | undefined | null;
}

/** An association was rejected: which one, and why. */
export class Rejected extends Error {
  override readonly name = 'Rejected';
}

/**
 * Negotiates an association with a peer that has connected.
 *
 * @throws Rejected, ProtocolError, ConnectionLost
 */
export async function acceptAssociation(socket: Socket, policy: AcceptPolicy): Promise<Association> {
  const reader = new ByteReader(socket);
  const wait = <T>(work: () => Promise<T>) => within(socket, REQUEST_MS, work);
  const { type, length } = await readPduHeader(wait, reader);
  if (type !== PDU.associateRequest)
    throw new ProtocolError(`a PDU of type ${type} came before the association`, ABORT_REASON.unexpectedPdu);
  if (length > MAX_REQUEST_BYTES) throw new ProtocolError(`an association request of ${length} bytes came`);
  const request = decodeRequest(await wait(() => reader.exactly(length)));
  const rejection = invalidityOf(request) ?? policy.rejection(request);
  const { calledAe, callingAe } = request;
  if (rejection) {
    socket.end(encodeReject(rejection));
    throw new Rejected(`${rejection}, for an association of ${callingAe} with ${calledAe}`);
  }
  const results = request.contexts.map((context) => resultOf(context, policy));
  const contexts = request.contexts.flatMap(({ id, abstractSyntax }, index): AcceptedContext[] => {
    const { result, transferSyntax = '' } = results[index] ?? {};
    return result === RESULT.accepted ? [{ id, abstractSyntax, transferSyntax }] : [];
  });
  // C-GET: the requestor receives instances, as the SCP of their classes.
  const roles = request.roles.map((role) => ({ ...role, scu: true }));
  const accept = { calledAe, callingAe, maxPduBytes: 0, roles, contexts: results };
  await wait(() => new Promise<void>((resolve) => socket.write(encodeAccept(accept), () => resolve())));
  return new Association(socket, reader, {
    calledAe,
    callingAe,
    contexts,
    peerMaxPduBytes: request.maxPduBytes,
  });
}

function invalidityOf({ protocolVersion, applicationContext }: AssociateRequest): Rejection | undefined {
  // PS3.8 9.3.2: bit 0 is version 1, and others are not tested.
  if ((protocolVersion & 1) === 0) return 'protocolVersion';
  return applicationContext === APPLICATION_CONTEXT ? undefined : 'applicationContext';
}

function resultOf(context: ProposedContext, policy: AcceptPolicy): ContextResult {
  const chosen = policy.choose(context);
  const { id } = context;
  if (chosen) return { id, result: RESULT.accepted, transferSyntax: chosen };
  const result = chosen === null ? RESULT.abstractSyntaxUnknown : RESULT.transferSyntaxesUnknown;
  // Of a refused context the transfer syntax is not significant, but the item must be there (PS3.8 9.3.3.2).
  return { id, result, transferSyntax: context.transferSyntaxes[0] ?? '' };
}
