import type { ServiceClient } from '../cli/service-client.ts';
import type { DicomJson } from '../media/dicom/json-model.ts';
import type { DataSet } from '../media/dicom/parse/data-set.ts';
import { readDataSet, writeDataSet } from './data-set-codec.ts';
import { STATUS } from './dimse/command-set.ts';
import { levelOf, search, TAG } from './search.ts';
import { responseTo, type Service } from './serve-association.ts';

interface Deps {
  client: ServiceClient;
  aeTitle: string;
  log: (line: string) => void;
}

/** C-FIND (PS3.4 C.4.1): one response for each match, then the final one. */
export const find =
  ({ client, aeTitle, log }: Deps): Service =>
  async ({ context, command, data }, association) => {
    const finish = (status: number, errorComment?: string) =>
      association.send(context.id, {
        ...responseTo(command, status),
        ...(errorComment !== undefined && { errorComment: errorComment.slice(0, 64) }),
      });
    try {
      const identifier = await readDataSet(data, context.transferSyntax);
      const level = levelOf(identifier);
      const watched = association.watchForCancel(command.messageId ?? 0);
      const { results, ignored } = search(client, level, identifier);
      for await (const result of results) {
        if (watched.isCancelled) return await finish(STATUS.cancelled);
        const answer = answerOf(identifier, result, level, aeTitle);
        const status = ignored.size > 0 ? STATUS.pendingWithoutKeys : STATUS.pending;
        const bytes = writeDataSet(answer, context.transferSyntax);
        await association.send(context.id, responseTo(command, status), [bytes]);
      }
      await finish(watched.isCancelled ? STATUS.cancelled : STATUS.success);
    } catch (error) {
      if (association.isClosed) throw error;
      log(`A query is not answered: ${String(error)}`);
      const status = error instanceof RangeError ? STATUS.dataSetDoesNotMatch : STATUS.cannotUnderstand;
      await finish(status, String(error));
    }
  };

/** What was asked for (PS3.4 C.4.1.1.3.2), with what the service knows of it. */
function answerOf(identifier: DataSet, result: DicomJson, level: string, aeTitle: string): DicomJson {
  const answer: DicomJson = {};
  for (const [tag, { vr }] of identifier.elements)
    if (tag !== TAG.characterSet && !tag.endsWith('0000')) answer[tag] = result[tag] ?? { vr };
  answer[TAG.level] = { vr: 'CS', Value: [level] };
  answer[TAG.retrieveAe] = { vr: 'AE', Value: [aeTitle] };
  return answer;
}
