import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { decodeAccept, encodeRequest, type ProposedContext, type Role } from './associate.ts';
import { type AcceptedContext, Association, readPduHeader, within } from './association.ts';
import { ByteReader } from './byte-reader.ts';
import { PDU } from './pdu.ts';
import { ProtocolError } from './protocol-error.ts';

/** How long a peer may take to accept a connection and an association. */
const ACCEPT_MS = 30_000;
const MAX_ACCEPT_BYTES = 64 * 1024;

interface Proposal {
  host: string;
  port: number;
  calledAe: string;
  callingAe: string;
  contexts: ProposedContext[];
  roles?: Role[];
  /** For an encrypted association. */
  tls?: ConnectionOptions;
}

/**
 * Requests an association with a peer (PS3.8 7.1).
 *
 * @throws ProtocolError if it is rejected, ConnectionLost
 */
export async function connectAssociation(proposal: Proposal): Promise<Association> {
  const { host, port, calledAe, callingAe, contexts, roles = [], tls } = proposal;
  const socket = tls ? connectTls({ ...tls, host, port }) : connect({ host, port });
  socket.setNoDelay();
  const wait = <T>(work: () => Promise<T>) => within(socket, ACCEPT_MS, work);
  try {
    await wait(() => once(socket, tls ? 'secureConnect' : 'connect'));
    // Reading and writing report it.
    socket.on('error', () => {});
    return await negotiate(socket, wait, { calledAe, callingAe, contexts, roles });
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function negotiate(
  socket: Socket,
  wait: <T>(work: () => Promise<T>) => Promise<T>,
  request: Required<Omit<Proposal, 'host' | 'port' | 'tls'>>,
): Promise<Association> {
  const reader = new ByteReader(socket);
  socket.write(encodeRequest({ ...request, maxPduBytes: 0 }));
  const { type, length } = await readPduHeader(wait, reader);
  if (type === PDU.associateReject) throw new ProtocolError(`${request.calledAe} rejects the association`);
  if (type !== PDU.associateAccept || length > MAX_ACCEPT_BYTES)
    throw new ProtocolError(`${request.calledAe} answers by a PDU of type ${type} with ${length} bytes`);
  const accept = decodeAccept(await wait(() => reader.exactly(length)));
  const contexts = accept.contexts.flatMap(({ id, result, transferSyntax }): AcceptedContext[] => {
    const proposed = request.contexts.find((each) => each.id === id);
    return proposed && result === 0 ? [{ id, abstractSyntax: proposed.abstractSyntax, transferSyntax }] : [];
  });
  const { calledAe, callingAe } = request;
  return new Association(socket, reader, {
    calledAe,
    callingAe,
    contexts,
    peerMaxPduBytes: accept.maxPduBytes,
  });
}
