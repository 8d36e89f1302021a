import { isUid } from '../media/dicom/parse/identifiers.ts';
import { fileMeta } from '../media/dicom/write/file-meta.ts';
import type { Counts } from './counts.ts';
import type { Message } from './dimse/association.ts';
import { type Command, RESPONSE, STATUS } from './dimse/command-set.ts';
import { ProtocolError } from './dimse/protocol-error.ts';
import { type Spool, SpoolRefusal } from './spool.ts';

interface Deps {
  spool: Spool;
  counts: Counts;
  maxInstanceBytes: number;
  log: (line: string) => void;
}

/** Stores what a C-STORE-RQ (PS3.7 9.1.1) brings, and returns the response: success only if it survives a loss of power. */
export async function receiveInstance({ command, context, data }: Message, deps: Deps): Promise<Command> {
  const { spool, counts, maxInstanceBytes, log } = deps;
  const { affectedSopClass: sopClass = '', affectedSopInstance: sopInstance = '', messageId = 0 } = command;
  const respond = (status: number, errorComment?: string): Command => ({
    field: command.field | RESPONSE,
    respondedTo: messageId,
    affectedSopClass: sopClass,
    affectedSopInstance: sopInstance,
    status,
    // PS3.7 E.2: a text of 64 characters.
    ...(errorComment !== undefined && { errorComment: errorComment.slice(0, 64) }),
  });
  if (!isUid(sopClass) || !isUid(sopInstance)) {
    counts.notTaken++;
    return respond(STATUS.cannotUnderstand, 'The SOP class or the SOP instance is no UID');
  }
  const head = fileMeta({ sopClass, sopInstance, transferSyntax: context.transferSyntax });
  try {
    const draft = await spool.write(withHead(head, data), maxInstanceBytes);
    await draft.commit();
    counts.received++;
    counts.receivedBytes += draft.bytes;
    return respond(STATUS.success);
  } catch (error) {
    if (error instanceof ProtocolError || !(error instanceof Error)) throw error;
    counts.notTaken++;
    if (!(error instanceof SpoolRefusal)) throw error;
    log(`${sopInstance} is not taken: ${error.message}`);
    return error.kind === 'full'
      ? respond(STATUS.outOfResources, error.message)
      : respond(STATUS.cannotUnderstand, error.message);
  }
}

async function* withHead(head: Uint8Array, data: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* data;
}
