import { DeleteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import { DicomDeletion, deletedPath, levelOf } from '../../domain/dicom/dicom-deletion.ts';
import type { DicomStudy } from '../../domain/dicom/dicom-instance.ts';
import type { DicomPath } from '../../domain/dicom/uids.ts';
import { epochSeconds } from '../../domain/epoch-seconds.ts';
import { DomainError } from '../../domain/errors.ts';
import { requireNoLegalHold } from '../../domain/legal-hold.ts';
import { type Page, type PageRequest, queryPage } from '../dynamodb/page.ts';
import { hasExpired, parseItem, type Table } from '../dynamodb/table.ts';
import { transact } from '../dynamodb/transaction.ts';
import { DELETIONS, deletionKey, deletionListKey, instanceKey, seriesKey, studyKey } from '../keys.ts';
import { type DicomItems, isPathShown, itemAt, readDicom } from './dicom-items.ts';
import { changeItem, countsOf, ofSeries } from './dicom-writes.ts';

/** Attempts to delete or restore, because instances may be stored or deleted in the same series meanwhile. */
const ATTEMPTS = 30;

/**
 * Deletions of DICOM studies, series and instances, as long as they can be undone.
 *
 * What is deleted has the id of its deletion, and nothing in it is changed: each read checks the whole path. So a study of
 * any size is deleted and restored by one transaction. The deletion is an item of its own, with a time to live. When it is
 * removed, the table's stream erases what was deleted (`DicomErasure`), and the study, the series and the instances stay in
 * the table until nothing of them is left in the bucket. Until then, nobody can store the same instance again, whose
 * objects would have the same keys.
 */
export class DicomDeletions {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Returns the deletion of exactly this study, series or instance, as long as it can be undone, and its study. */
  async get(path: DicomPath, now: Date): Promise<{ deletion: DicomDeletion; study: DicomStudy } | undefined> {
    const items = await readDicom(this.#table, path);
    const { deletionId } = itemAt(path, items) ?? {};
    if (deletionId === undefined || !items.study) return undefined;
    const { name: TableName, client } = this.#table;
    const Key = deletionKey(deletionId);
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    if (!Item || hasExpired(Item, now)) return undefined;
    return { deletion: parseItem(DicomDeletion, Item), study: items.study };
  }

  /** Returns the deletion of the study itself, also if it can no longer be undone. */
  async getOf(studyUid: string): Promise<DicomDeletion | undefined> {
    const { study } = await readDicom(this.#table, { study: studyUid });
    if (study?.deletionId === undefined) return undefined;
    const { name: TableName, client } = this.#table;
    const Key = deletionKey(study.deletionId);
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return Item && parseItem(DicomDeletion, Item);
  }

  /**
   * Lists one page of all deletions that can be undone, the last ones first.
   *
   * @param studies if given, only deletions in these
   */
  list(now: Date, page: PageRequest, studies?: ReadonlySet<string>): Promise<Page<DicomDeletion>> {
    const query = { partition: DELETIONS, schema: DicomDeletion, keyOf: deletionKey, newestFirst: true };
    const filter = {
      FilterExpression: 'expiresAt > :now',
      ExpressionAttributeValues: { ':now': epochSeconds(now) },
    };
    const keep = studies && { keep: ({ studyUid }: DicomDeletion) => studies.has(studyUid) };
    return queryPage(this.#table, { ...query, filter, ...keep }, page);
  }

  /**
   * Deletes a study, a series or an instance: from now on, nothing of it is in a list, a count or a response.
   *
   * @throws DomainError CONFLICT if the study is under a legal hold
   */
  async delete(deletion: DicomDeletion): Promise<void> {
    const path = deletedPath(deletion);
    const put = { Put: { Item: { ...deletion, ...deletionKey(deletion.id), ...deletionListKey(deletion) } } };
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const items = await readDicom(this.#table, path);
      if (!isPathShown(path, items) || !items.study) return;
      requireNoLegalHold(items.study);
      const writes = writesOf({ ...items, study: items.study }, deletion.id, -1, deletion.deletedAt);
      if ((await transact(this.#table, [...writes, put])).size === 0) return;
    }
    throw new Error(`what is deleted in the study ${deletion.studyUid} kept changing`);
  }

  /**
   * Restores what was deleted. What was deleted by itself in it, before, stays deleted.
   *
   * @throws DomainError CONFLICT if its series or its study is deleted, or if it is being erased
   */
  async restore(deletion: DicomDeletion, now: Date): Promise<void> {
    const path = deletedPath(deletion);
    const remove = {
      Delete: { Key: deletionKey(deletion.id), ConditionExpression: 'attribute_exists(pk)' },
    };
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const items = await readDicom(this.#table, path);
      if (!items.study || itemAt(path, items)?.deletionId !== deletion.id) return;
      requireParentsShown(path, items);
      const writes = writesOf({ ...items, study: items.study }, deletion.id, 1, now.toISOString());
      const failed = await transact(this.#table, [...writes, remove]);
      if (failed.size === 0) return;
      if (failed.has(writes.length) && failed.size === 1)
        throw new DomainError('CONFLICT', 'It is being erased.');
    }
    throw new Error(`what is restored in the study ${deletion.studyUid} kept changing`);
  }

  /** Ends the time in which the deletion can be undone. The table's stream then erases what was deleted. */
  async erase({ id }: Pick<DicomDeletion, 'id'>): Promise<void> {
    const { name: TableName, client } = this.#table;
    await client.send(new DeleteCommand({ TableName, Key: deletionKey(id) }));
  }
}

/** An item can be restored only into a series and a study that are not deleted. */
function requireParentsShown(path: DicomPath, { study, series }: DicomItems): void {
  const level = levelOf(path);
  const parents: DicomPath[] = [
    ...(level !== 'study' && study?.deletionId !== undefined ? [{ study: path.study }] : []),
    ...(level === 'instance' && series?.deletionId !== undefined
      ? [{ study: path.study, series: path.series }]
      : []),
  ];
  const [first] = parents;
  if (!first) return;
  throw new DomainError('CONFLICT', `The ${levelOf(first)} of the ${level} is deleted.`, {
    details: [`restore the ${levelOf(first)} ${first[levelOf(first)]} first`],
  });
}

/**
 * The writes that delete (-1) or restore (1) the lowest of the items, and that count it in what contains it.
 *
 * Each is on the condition that the counts are right for it: a series is counted in its study as it was read, and an
 * instance must not be the last one of its series, or must be.
 */
function writesOf(
  { study, series, instance }: DicomItems & { study: DicomStudy },
  deletionId: string,
  sign: 1 | -1,
  changedAt: string,
) {
  const isDeletion = sign === -1;
  const own = (conditions: string[], values: Record<string, unknown> = {}) => ({
    condition: [
      ...(isDeletion
        ? ['attribute_exists(pk)', 'attribute_not_exists(deletionId)']
        : ['deletionId = :itsDeletion']),
      ...conditions,
    ].join(' AND '),
    values: { ...values, ...(!isDeletion && { ':itsDeletion': deletionId }) },
  });
  const mark = isDeletion ? { set: { deletionId } } : { remove: ['deletionId'] };
  const unheld = isDeletion ? ['attribute_not_exists(legalHold)'] : [];
  const ofStudy = studyKey(study.studyUid);
  const inStudy = ['attribute_exists(pk)', 'attribute_not_exists(deletionId)', ...unheld].join(' AND ');
  if (!series) {
    const { condition, values } = own(unheld);
    return [changeItem(ofStudy, mark, condition, values)];
  }
  const ofItsSeries = seriesKey(series.studyUid, series.seriesUid);
  if (!instance) {
    const { instances, patientInstances, modality } = series;
    const { condition, values } = own(['instances = :instances', 'patientInstances = :patientInstances'], {
      ':instances': instances,
      ':patientInstances': patientInstances,
    });
    const { series: count, ofModality } = ofSeries(modality, sign);
    const add = { instances: sign * instances, patientInstances: sign * patientInstances, series: count };
    return [
      changeItem(ofItsSeries, mark, condition, values),
      changeItem(ofStudy, { set: { changedAt }, add, ofModality }, inStudy),
    ];
  }
  const before = isDeletion ? 1 : 0;
  const isOnly = series.instances === before;
  const { series: count, ofModality } = isOnly
    ? ofSeries(series.modality, sign)
    : { series: 0, ofModality: undefined };
  const counts = countsOf(instance);
  const add = {
    instances: sign * counts.instances,
    patientInstances: sign * counts.patientInstances,
  };
  const { condition, values } = own([]);
  return [
    changeItem(instanceKey(instance.sopUid), mark, condition, values),
    changeItem(
      ofItsSeries,
      { set: { changedAt }, add },
      `attribute_exists(pk) AND attribute_not_exists(deletionId) AND instances ${isOnly ? '=' : '>'} :before`,
      { ':before': before },
    ),
    changeItem(ofStudy, { set: { changedAt }, add: { ...add, series: count }, ofModality }, inStudy),
  ];
}
