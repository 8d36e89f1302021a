import path from 'node:path';
import type { ServiceClient } from '../cli/service-client.ts';
import { requestCommitment } from './commitment.ts';
import { CommitmentRequests } from './commitment-requests.ts';
import { Counts } from './counts.ts';
import { DicomServer } from './dicom-server.ts';
import { COMMAND } from './dimse/command-set.ts';
import { find } from './find.ts';
import { readStatus } from './http/status.ts';
import { serveStatus } from './http/status-server.ts';
import { serveStow } from './http/stow-server.ts';
import { receiveInstance } from './receive-instance.ts';
import { reportCommitments } from './report-commitments.ts';
import { get, move } from './retrieve.ts';
import { sendFromSpool } from './sender.ts';
import { echo, type Service } from './serve-association.ts';
import type { Settings } from './settings.ts';
import { Spool } from './spool.ts';

interface Deps {
  client: ServiceClient;
  log: (line: string) => void;
  /** Ends the gateway. */
  signal: AbortSignal;
}

/** Runs a gateway until the end of the signal. */
export async function runGateway(settings: Settings, { client, log, signal }: Deps): Promise<void> {
  const { maxInstanceBytes } = settings;
  const spool = await Spool.open(settings.spool.folder, settings.spool);
  const requests = await CommitmentRequests.open(path.join(settings.spool.folder, 'commitments'));
  const counts = new Counts();
  const store: Service = async (message, association) =>
    association.send(
      message.context.id,
      await receiveInstance(message, { spool, counts, maxInstanceBytes, log }),
    );
  const services = new Map([
    [COMMAND.echo, echo],
    [COMMAND.store, store],
    [COMMAND.find, find({ client, aeTitle: settings.aeTitle, log })],
    [COMMAND.action, requestCommitment({ requests, settings, log })],
    [COMMAND.get, get({ client, settings, log })],
    [COMMAND.move, move({ client, settings, log })],
  ]);
  const server = new DicomServer({ settings, services, counts, log });
  await server.listen();
  const { stow } = settings;
  const httpServers = [await serveStatus(settings.statusPort, () => readStatus({ settings, spool, counts }))];
  if (stow) httpServers.push(await serveStow({ settings: { ...settings, stow }, spool, counts, log }));
  log(
    `${settings.aeTitle} listens at ${settings.host}:${settings.port}; ${spool.waiting.length} instances wait`,
  );
  try {
    await Promise.all([
      sendFromSpool({ spool, client, counts, log, signal }),
      reportCommitments({ requests, spool, client, settings, log, signal }),
    ]);
  } finally {
    for (const each of httpServers) {
      each.close();
      each.closeAllConnections();
    }
    await server.close();
  }
}
