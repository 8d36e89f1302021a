import type { ServiceClient } from '../cli/service-client.ts';
import { explicitLittleEndian } from '../media/dicom/transfer-syntaxes.ts';
import { connectPeer, reachablePeer } from './connect-peer.ts';
import { readDataSet, writeDataSet } from './data-set-codec.ts';
import { MAX_CONTEXTS, type ProposedContext } from './dimse/associate.ts';
import type { Association, Message } from './dimse/association.ts';
import { COMMAND, type Command, RESPONSE, STATUS } from './dimse/command-set.ts';
import { levelOf } from './search.ts';
import { responseTo, type Service } from './serve-association.ts';
import type { Settings } from './settings.ts';
import { findInstances, openInstance, type StoredInstance } from './stored-instances.ts';

interface Deps {
  client: ServiceClient;
  settings: Pick<Settings, 'aeTitle' | 'peers' | 'tls'>;
  log: (line: string) => void;
}

/** Where the instances of a retrieval go. */
interface Target {
  association: Association;
  isCancelled(): boolean;
  /** Called with a C-CANCEL-RQ that comes instead of the response to a C-STORE. */
  cancel(message: Message): void;
  /** What C-STORE tells of the C-MOVE that it belongs to (PS3.7 9.1.1.1). */
  origin?: Pick<Command, 'moveOriginator' | 'moveOriginatorId'>;
}

/** C-GET (PS3.4 C.4.3): the instances go back through the same association. */
export const get =
  (deps: Deps): Service =>
  (message, association) =>
    retrieve(message, association, deps, async () => {
      let isCancelled = false;
      const cancel = ({ command }: Message) => {
        isCancelled ||= command.respondedTo === message.command.messageId;
      };
      return { association, isCancelled: () => isCancelled, cancel };
    });

/** C-MOVE (PS3.4 C.4.2): the instances go to a peer of the settings, through an association of their own. */
export const move =
  (deps: Deps): Service =>
  async (message, requestor) => {
    const { moveDestination, messageId = 0 } = message.command;
    const peer = reachablePeer(deps.settings.peers, moveDestination);
    if (!peer) {
      deps.log(`${moveDestination} has no address and port in the settings`);
      return requestor.send(message.context.id, responseTo(message.command, STATUS.moveDestinationUnknown));
    }
    let target: Association | undefined;
    await retrieve(message, requestor, deps, async (instances) => {
      target = await connectPeer(peer, deps.settings, { contexts: contextsFor(instances) });
      const watched = requestor.watchForCancel(messageId);
      const origin = { moveOriginator: requestor.agreement.callingAe, moveOriginatorId: messageId };
      return { association: target, isCancelled: () => watched.isCancelled, cancel: () => {}, origin };
    });
    await target?.release().catch(() => undefined);
  };

async function retrieve(
  { command, context, data }: Message,
  requestor: Association,
  { client, log }: Deps,
  open: (instances: readonly StoredInstance[]) => Promise<Target>,
): Promise<void> {
  const counts = { completed: 0, failed: 0, warning: 0 };
  const failed: string[] = [];
  const respond = (status: number, remaining?: number, bytes?: Uint8Array) =>
    requestor.send(
      context.id,
      { ...responseTo(command, status), ...(remaining !== undefined && { remaining }), ...counts },
      bytes && [bytes],
    );
  try {
    const identifier = await readDataSet(data, context.transferSyntax);
    const instances = await findInstances(client, levelOf(identifier), identifier);
    if (instances.length === 0) return await respond(STATUS.success);
    const target = await open(instances);
    for (const [index, instance] of instances.entries()) {
      if (target.isCancelled()) return await respond(STATUS.cancelled, instances.length - index);
      const kind = target.association.isClosed
        ? 'failed'
        : await sendInstance(instance, index + 1, target, client).catch((error: unknown) => {
            // Within a data set, the association can not go on.
            if (requestor.isClosed) throw error;
            log(`${instance.sopInstance} is not sent: ${String(error)}`);
            return 'failed' as const;
          });
      counts[kind]++;
      if (kind === 'failed') failed.push(instance.sopInstance);
      await respond(STATUS.pending, instances.length - index - 1);
    }
    if (failed.length === 0) return await respond(STATUS.success);
    const list = writeDataSet({ '00080058': { vr: 'UI', Value: failed } }, context.transferSyntax);
    await respond(STATUS.someSubOperationsFailed, undefined, list);
  } catch (error) {
    if (requestor.isClosed) throw error;
    log(`A retrieval is not done: ${String(error)}`);
    await respond(error instanceof RangeError ? STATUS.dataSetDoesNotMatch : STATUS.cannotUnderstand);
  }
}

/** Sends one instance by C-STORE, and returns how the target answered. */
async function sendInstance(
  instance: StoredInstance,
  messageId: number,
  { association, cancel, origin }: Target,
  client: ServiceClient,
): Promise<'completed' | 'warning' | 'failed'> {
  const { sopClass, sopInstance } = instance;
  const contexts = association.agreement.contexts.filter(({ abstractSyntax }) => abstractSyntax === sopClass);
  const context =
    contexts.find(({ transferSyntax }) => transferSyntax === instance.transferSyntax) ??
    contexts.find(({ transferSyntax }) => transferSyntax === explicitLittleEndian.uid);
  if (!context) throw new Error('the peer accepts neither its transfer syntax nor an uncompressed one');
  const file = await openInstance(client, instance, context.transferSyntax);
  if (file.transferSyntax !== context.transferSyntax)
    throw new Error(`it came in the transfer syntax ${file.transferSyntax}`);
  const request: Command = {
    field: COMMAND.store,
    messageId: messageId & 0xffff,
    priority: 0,
    affectedSopClass: sopClass,
    affectedSopInstance: sopInstance,
    ...origin,
  };
  try {
    await association.send(context.id, request, file.dataSet);
  } catch (error) {
    association.abort();
    throw error;
  }
  for (;;) {
    const answer = await association.receive();
    if (!answer) throw new Error('the peer released the association');
    const { field, status } = answer.command;
    if (field === (COMMAND.store | RESPONSE)) return outcomeOf(status);
    if (field === COMMAND.cancel) cancel(answer);
  }
}

/** PS3.4 B.2.3: Bxxx is a warning, after which the instance is stored. */
function outcomeOf(status = STATUS.processingFailure as number) {
  if (status === STATUS.success) return 'completed';
  return status >= 0xb000 && status <= 0xbfff ? 'warning' : 'failed';
}

/** For each class, the transfer syntaxes in which its instances are stored, and the uncompressed one for the rest. */
function contextsFor(instances: readonly StoredInstance[]): ProposedContext[] {
  const pairs = instances.flatMap(({ sopClass, transferSyntax }) => [
    `${sopClass} ${transferSyntax}`,
    `${sopClass} ${explicitLittleEndian.uid}`,
  ]);
  return [...new Set(pairs)].slice(0, MAX_CONTEXTS).map((pair, index) => {
    const [abstractSyntax = '', transferSyntax = ''] = pair.split(' ');
    return { id: index * 2 + 1, abstractSyntax, transferSyntaxes: [transferSyntax] };
  });
}
