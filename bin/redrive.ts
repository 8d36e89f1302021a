import { parseArgs } from 'node:util';
import { triggers } from '../functions/triggers.ts';
import { CliError, EXIT } from '../lib/cli/cli-error.ts';
import { DEFAULT_STAGE, readSettings } from '../lib/deployment/read-settings.ts';
import { listDeadLetters, redriveMessages } from '../lib/deployment/redrive.ts';
import { redriveRecords } from '../lib/deployment/redrive-records.ts';
import { stackNames } from '../lib/stack/stack-names.ts';
import { USAGE } from './usage.ts';

/** Lists dead letters, or sends those of one function back to its queue, or has it process the records of its stream again. */
export async function runRedrive(args: readonly string[]): Promise<number> {
  const { stage: name, id } = readArguments(args);
  const { stage } = readSettings(name);
  const { all, failed } = await listDeadLetters(
    stackNames(stage),
    triggers.map((trigger) => trigger.id),
  );
  if (id === undefined) {
    const filled = all.filter(({ messages, records }) => messages + records.length > 0);
    for (const { id, messages, records } of filled) console.log(`${id}: ${messages + records.length}`);
    if (filled.length === 0) console.log('No dead letters.');
    return EXIT.done;
  }
  const wanted = all.find((each) => each.id === id);
  if (!wanted)
    throw new CliError(
      `${id} has no dead-letter queue. These have: ${all.map((each) => each.id).join(', ')}.`,
    );
  if (wanted.isReturnable || !failed) {
    await redriveMessages(wanted);
    console.log(`SQS sends ${wanted.messages} messages back to ${id}.`);
    return EXIT.done;
  }
  const counts = await redriveRecords(wanted, failed);
  console.log(`${id} has processed ${counts.processed} events; ${counts.failed} failed again.`);
  return counts.failed > 0 ? EXIT.notAll : EXIT.done;
}

function readArguments(args: readonly string[]) {
  try {
    const options = { stage: { type: 'string', default: DEFAULT_STAGE } } as const;
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (positionals.length > 1) throw new Error('Expected one function at most.');
    return { stage: values.stage, id: positionals[0] };
  } catch (error) {
    throw new CliError(`${error instanceof Error ? error.message : error}\n${USAGE.redrive}`, EXIT.usage);
  }
}
