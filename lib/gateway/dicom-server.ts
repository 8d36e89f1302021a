import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Counts } from './counts.ts';
import { type AcceptPolicy, acceptAssociation, Rejected } from './dimse/accept.ts';
import type { AssociateRequest } from './dimse/associate.ts';
import type { Association } from './dimse/association.ts';
import { encodeAbort } from './dimse/pdu.ts';
import { ABORT_REASON, ConnectionLost, ProtocolError } from './dimse/protocol-error.ts';
import { chooseTransferSyntax } from './dimse/sop-classes.ts';
import { isSameAddress } from './same-address.ts';
import { type Services, serveAssociation } from './serve-association.ts';
import type { Settings } from './settings.ts';
import { serverTls } from './tls-files.ts';

interface Deps {
  settings: Pick<Settings, 'aeTitle' | 'peers' | 'associations' | 'host' | 'port' | 'tls'>;
  services: Services;
  counts: Counts;
  log: (line: string) => void;
}

/** Accepts associations of the peers in the settings. */
export class DicomServer {
  readonly #deps: Deps;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(deps: Deps) {
    this.#deps = deps;
    const { tls } = deps.settings;
    const options = { noDelay: true, keepAlive: true };
    this.#server = tls
      ? createTlsServer({ ...options, ...serverTls(tls) }, (socket) => this.#connected(socket))
      : createServer(options, (socket) => this.#connected(socket));
    // Those that are negotiating TLS, too.
    this.#server.on('connection', (socket) => this.#track(socket));
    this.#server.on('tlsClientError', (error, socket) => {
      deps.counts.failedAssociations++;
      deps.log(`${socket.remoteAddress ?? 'a closed connection'}: TLS: ${error.message}`);
    });
    // Those beyond the limit of associations are rejected politely; those far beyond are closed.
    this.#server.maxConnections = deps.settings.associations * 2;
  }

  async listen(): Promise<void> {
    const { host, port } = this.#deps.settings;
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
  }

  /** Ends all associations. What was not acknowledged will be sent again by the peers. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  async #connected(socket: Socket): Promise<void> {
    const { counts, log } = this.#deps;
    // Reading and writing report it.
    socket.on('error', () => {});
    const from = socket.remoteAddress ?? 'a closed connection';
    try {
      const association = await acceptAssociation(socket, this.#policy(socket));
      await this.#serve(association);
    } catch (error) {
      counts.failedAssociations++;
      if (error instanceof Rejected) log(`${from}: rejected: ${error.message}`);
      else {
        const isOfPeer = error instanceof ProtocolError || error instanceof ConnectionLost;
        log(`${from}: ${isOfPeer ? error.message : String(error)}`);
        const reason = error instanceof ProtocolError ? error.reason : ABORT_REASON.notSpecified;
        if (socket.writable) socket.end(encodeAbort(reason));
      }
    } finally {
      // A peer that does not close its side would keep the connection.
      socket.destroySoon();
    }
  }

  async #serve(association: Association): Promise<void> {
    const { counts, services } = this.#deps;
    counts.associations++;
    counts.openAssociations++;
    try {
      await serveAssociation(association, services);
    } finally {
      counts.openAssociations--;
    }
  }

  #policy({ remoteAddress = '' }: Socket): AcceptPolicy {
    const { settings, counts } = this.#deps;
    return {
      choose: chooseTransferSyntax,
      rejection: ({ calledAe, callingAe }: AssociateRequest) => {
        if (calledAe !== settings.aeTitle) return 'calledAeTitle';
        const isAllowed = settings.peers.some(
          ({ aeTitle, address }) =>
            aeTitle === callingAe && (address === undefined || isSameAddress(address, remoteAddress)),
        );
        if (!isAllowed) return 'callingAeTitle';
        return counts.openAssociations >= settings.associations ? 'localLimit' : undefined;
      },
    };
  }
}
