import type { ProposedContext, Role } from './dimse/associate.ts';
import type { Association } from './dimse/association.ts';
import { connectAssociation } from './dimse/connect.ts';
import type { Settings } from './settings.ts';
import { clientTls } from './tls-files.ts';

/** A peer that accepts associations, and where. */
export interface ReachablePeer {
  aeTitle: string;
  host: string;
  port: number;
  tls: boolean;
}

/** Returns the peer if the settings say where it accepts associations. */
export function reachablePeer(
  peers: Settings['peers'],
  title: string | undefined,
): ReachablePeer | undefined {
  const { aeTitle, address: host, port, tls } = peers.find((peer) => peer.aeTitle === title) ?? {};
  if (aeTitle === undefined || host === undefined || port === undefined) return undefined;
  return { aeTitle, host, port, tls: tls ?? false };
}

/** Requests an association with a peer. @throws ProtocolError, ConnectionLost */
export function connectPeer(
  { aeTitle: calledAe, host, port, tls }: ReachablePeer,
  settings: Pick<Settings, 'aeTitle' | 'tls'>,
  negotiation: { contexts: ProposedContext[]; roles?: Role[] },
): Promise<Association> {
  const { aeTitle: callingAe } = settings;
  return connectAssociation({
    host,
    port,
    calledAe,
    callingAe,
    ...negotiation,
    ...(tls && { tls: clientTls(settings.tls) }),
  });
}
