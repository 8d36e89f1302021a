import type { Association, Message } from './dimse/association.ts';
import { COMMAND, type Command, RESPONSE, STATUS } from './dimse/command-set.ts';
import { isStorageClass } from './dimse/sop-classes.ts';

/** Handles one kind of request: sends its responses. */
export type Service = (message: Message, association: Association) => Promise<void>;

/** The services of the gateway, by Command Field. */
export type Services = ReadonlyMap<number, Service>;

/** Answers the messages of an association until its end. */
export async function serveAssociation(association: Association, services: Services): Promise<void> {
  for (;;) {
    const message = await association.receive();
    if (!message) return;
    const { context, command } = message;
    // PS3.7 9.3.2.3: it has no response; what it would cancel has ended.
    if (command.field === COMMAND.cancel) continue;
    const service = services.get(command.field);
    const fits = (command.field === COMMAND.store) === isStorageClass(context.abstractSyntax);
    if (service && fits) await service(message, association);
    else await association.send(context.id, responseTo(command, STATUS.unrecognizedOperation));
  }
}

/** A response without a data set. */
export const responseTo = (command: Command, status: number): Command => ({
  field: command.field | RESPONSE,
  respondedTo: command.messageId ?? 0,
  ...(command.affectedSopClass !== undefined && { affectedSopClass: command.affectedSopClass }),
  status,
});

/** C-ECHO (PS3.7 9.1.5). */
export const echo: Service = ({ context, command }, association) =>
  association.send(context.id, responseTo(command, STATUS.success));
