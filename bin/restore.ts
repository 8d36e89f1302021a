import { parseArgs } from 'node:util';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { CliError, EXIT } from '../lib/cli/cli-error.ts';
import { connectTable } from '../lib/data/dynamodb/table.ts';
import { ItemCopies } from '../lib/data/restore/item-copies.ts';
import { RestoreState } from '../lib/data/restore/restore-progress.ts';
import { DEFAULT_STAGE, readSettings } from '../lib/deployment/read-settings.ts';
import type { AuditEvent } from '../lib/domain/audit/audit-event.ts';
import * as dependencies from '../lib/lambda/dependencies.ts';
import { environment } from '../lib/lambda/environment.ts';
import { connect } from '../lib/lambda/needs.ts';
import { planRestore, type RestoreOptions, restore } from '../lib/services/restore/restore.ts';
import { ObjectVersions } from '../lib/storage/object-versions.ts';
import { USAGE } from './usage.ts';

/** Half of what one partition of an index takes in a second: the list of all studies is one. */
const UNITS_PER_SECOND = 500;

/** Prints what a restore would do or, with `--apply`, does it. */
export async function runRestore(args: readonly string[]): Promise<number> {
  const { stage, apply, at, ...given } = readArguments(args);
  const { settings } = readSettings(stage);
  const { limits, timeZone, patientIdIssuers } = settings;
  const deps = {
    ...connect(NEEDS)(),
    ...{ limits, timeZone, ownIssuers: patientIdIssuers },
    copies: new ItemCopies(connectTable(given.from), connectTable(environment.tableName)),
    versions: new ObjectVersions(environment.bucketName),
    state: new RestoreState(connectTable(environment.requestsTableName)),
  };
  const options = { ...given, at: at ?? (await timeOf(given.from)) };
  if (!apply) return printPlan(options, await planRestore(options, deps));
  const done = await restore(options, deps, (items) => console.error(`${items} items copied`));
  console.log(`${done.items} items copied, ${done.resumed} changes of batches and cases resumed`);
  console.log(`${done.repeated.length} changes since ${options.at.toISOString()} done again`);
  console.log(`${done.objects} objects brought back from their versions`);
  const { batches, images, dicom } = done;
  console.log(`${batches} batches, ${images} images and ${dicom} DICOM files stored again`);
  for (const key of done.unknown) console.log(`kept, and nothing says whose it is: ${key}`);
  printLeft(done.left);
  console.log('Now run reconcile, in a quarter of an hour, when the uploads are checked.');
  return done.unknown.length + done.left.length === 0 ? EXIT.done : EXIT.notAll;
}

const { batches, cases, images, imageIntake, imageMoves, imageRemovals, deletedImages, erasedImages } =
  dependencies;
const { exports, keyAdministration, dicomIntake, dicomDeletions } = dependencies;
const { dicomUploads, patients, examLinks, storedItems, auditSegments, bucket, objects } = dependencies;
const { uploadQueues, newId, now } = dependencies;
const NEEDS = {
  ...{ batches, cases, images, imageIntake, imageMoves, imageRemovals, deletedImages, erasedImages },
  ...{ exports, keyAdministration, dicomIntake, dicomDeletions },
  ...{ dicomUploads, patients, examLinks, storedItems, auditSegments, bucket, objects },
  ...{ uploadQueues, newId, now },
};

function printPlan(
  { at, unitsPerSecond }: RestoreOptions,
  { items, refusal, repeated, left, objects }: Awaited<ReturnType<typeof planRestore>>,
): number {
  console.log(`${items} items of ${at.toISOString()} would be copied.`);
  console.log(
    `At ${unitsPerSecond} write units a second, that takes at least ${minutes(items, unitsPerSecond)} minutes.`,
  );
  console.log(`${repeated.length} changes since then would be done again:`);
  for (const event of repeated) console.log(lineOf(event));
  console.log(`${objects} objects that the table knows now would be brought back from their versions.`);
  printLeft(left);
  console.log(refusal ?? 'Nothing was changed. --apply does it.');
  return refusal === undefined ? EXIT.done : EXIT.notAll;
}

/** Most items are in the table and two indexes. */
const UNITS_PER_ITEM = 3;
const minutes = (items: number, unitsPerSecond: number) =>
  Math.ceil((items * UNITS_PER_ITEM) / unitsPerSecond / 60);

function printLeft(left: readonly AuditEvent[]): void {
  if (left.length === 0) return;
  console.log(`${left.length} changes since then are not done again: people have to look at them.`);
  for (const event of left) console.log(lineOf(event));
}

const lineOf = ({ at, action, subject, outcome, path, patientIds, resources }: AuditEvent) =>
  `  ${at} ${action} by ${subject ?? 'nobody'} (${outcome}) ${path} ${[...patientIds.map((id) => `patient ${id}`), ...resources].join(', ')}`;

/** When the backup was: DynamoDB notes it at the table that it restores. */
async function timeOf(TableName: string): Promise<Date> {
  const { client } = connectTable(TableName);
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  const { RestoreDateTime, RestoreInProgress } = Table?.RestoreSummary ?? {};
  if (RestoreInProgress) throw new CliError(`DynamoDB still restores ${TableName}: wait until it is active.`);
  if (!RestoreDateTime)
    throw new CliError(`${TableName} was not restored by DynamoDB: say of which time it is, as --at.`);
  return RestoreDateTime;
}

function readArguments(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        from: { type: 'string', default: '' },
        at: { type: 'string' },
        apply: { type: 'boolean', default: false },
        'only-missing': { type: 'boolean', default: false },
        units: { type: 'string', default: String(UNITS_PER_SECOND) },
        stage: { type: 'string', default: DEFAULT_STAGE },
      },
    });
    if (values.from === '') throw new Error('Expected the restored table as --from.');
    if (!/^[1-9]\d{0,4}$/.test(values.units)) throw new Error('Expected --units from 1 to 99999.');
    const at = values.at === undefined ? undefined : new Date(values.at);
    if (at && !(at.getTime() < Date.now())) throw new Error('Expected a time of the past as --at.');
    const { from, apply, stage, units } = values;
    return { from, at, apply, stage, unitsPerSecond: Number(units), onlyMissing: values['only-missing'] };
  } catch (error) {
    throw new CliError(`${error instanceof Error ? error.message : error}\n${USAGE.restore}`, EXIT.usage);
  }
}
