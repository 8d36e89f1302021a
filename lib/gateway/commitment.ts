import { textValue } from '../media/dicom/parse/text-values.ts';
import type { CommitmentRequests } from './commitment-requests.ts';
import { reachablePeer } from './connect-peer.ts';
import { readDataSet } from './data-set-codec.ts';
import { type Command, RESPONSE, STATUS } from './dimse/command-set.ts';
import { STORAGE_COMMITMENT, STORAGE_COMMITMENT_INSTANCE } from './dimse/sop-classes.ts';
import type { Service } from './serve-association.ts';
import type { Settings } from './settings.ts';

interface Deps {
  requests: CommitmentRequests;
  settings: Pick<Settings, 'peers'>;
  log: (line: string) => void;
}

/** The only action (PS3.4 table J.3-1). */
const REQUEST_COMMITMENT = 1;

/** N-ACTION: a peer asks whether instances are stored (PS3.4 J.3.2). The answer is an event report of its own, later. */
export const requestCommitment =
  ({ requests, settings, log }: Deps): Service =>
  async ({ context, command, data }, association) => {
    const { callingAe } = association.agreement;
    const respond = (status: number) => {
      const response: Command = {
        field: command.field | RESPONSE,
        respondedTo: command.messageId ?? 0,
        affectedSopClass: STORAGE_COMMITMENT,
        affectedSopInstance: STORAGE_COMMITMENT_INSTANCE,
        actionType: REQUEST_COMMITMENT,
        status,
      };
      return association.send(context.id, response);
    };
    if (command.requestedSopInstance !== STORAGE_COMMITMENT_INSTANCE) return respond(STATUS.noSuchInstance);
    if (command.actionType !== REQUEST_COMMITMENT) return respond(STATUS.noSuchAction);
    if (!reachablePeer(settings.peers, callingAe)) {
      log(`${callingAe} asks for storage commitment, but has no address and port in the settings`);
      return respond(STATUS.processingFailure);
    }
    const dataSet = await readDataSet(data, context.transferSyntax);
    const transaction = textValue(dataSet, '00081195') ?? '';
    const instances = (dataSet.elements.get('00081199')?.items ?? []).map((item) => ({
      sopClass: textValue(item, '00081150') ?? '',
      sopInstance: textValue(item, '00081155') ?? '',
    }));
    if (transaction === '' || instances.length === 0) return respond(STATUS.invalidArgument);
    await requests.add({ peer: callingAe, transaction, instances, receivedMs: Date.now() });
    await respond(STATUS.success);
  };
