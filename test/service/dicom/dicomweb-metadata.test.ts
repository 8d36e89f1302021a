import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { seriesKey } from '../../../lib/data/keys.ts';
import type { DicomSeries, DicomStudy } from '../../../lib/domain/dicom/dicom-instance.ts';
import { type MetadataDeps, metadataOfSeries } from '../../../lib/services/dicomweb/metadata.ts';
import { seriesMetadataKey } from '../../../lib/storage/object-keys.ts';
import { dicomForm, longComment, newUid, newUids, slice } from '../../fixtures/dicom-uploads.ts';
import type { FixtureElement } from '../../fixtures/dicoms.ts';
import { directAccess } from '../../support/direct-access.ts';
import { type Client, useService } from '../../support/service.ts';

const service = useService();
let staff: Client;
let direct: Awaited<ReturnType<typeof directAccess>>;
beforeAll(async () => {
  staff = await service.as('staff');
  direct = await directAccess(service);
});

/**
 * Stores a number of slices of a new series, some at the same time; a call with the same UIDs adds slices to
 * that series.
 */
async function storeSlices(
  count: number,
  uids = { study: newUid(), series: newUid() },
  atOnce = 1,
  own: FixtureElement[] = [],
) {
  const left = Array.from({ length: count }, () => newUids(uids));
  const sops = left.map(({ sop }) => sop);
  const work = async () => {
    for (let next = left.pop(); next; next = left.pop()) {
      await staff.json('POST', '/dicom/upload', 201, dicomForm(slice(next, own)));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { ...uids, sops };
}

const path = ({ study, series }: { study: string; series: string }) =>
  `/dicom-web/studies/${study}/series/${series}`;
const listed = async (url: string): Promise<string[]> =>
  (await staff.json('GET', `${url}/metadata`, 200)).map(
    (each: Record<string, { Value: string[] }>) => each['00080018']?.Value[0],
  );

describe('The metadata of a series', () => {
  let uids: { study: string; series: string; sops: string[] };
  let reads: string[];
  let deps: MetadataDeps;
  const inTwoMinutes = () => new Date(Date.now() + 120_000);
  const series = async () => (await direct.dicomStore.getAt(uids)).series as DicomSeries;
  const found = async () => ({
    series: await series(),
    study: (await direct.dicomStore.getStudy(uids.study)) as DicomStudy,
  });
  const isKept = async () => direct.objects.has(seriesMetadataKey(await series()));
  const sopsIn = (text: string) =>
    [...text.matchAll(/"00080018":\{"vr":"UI","Value":\["([\d.]+)"/g)].map((match) => match[1]);

  beforeAll(async () => {
    const short = await storeSlices(1);
    const long = await storeSlices(1, short, 1, [longComment()]);
    uids = { ...short, sops: [...short.sops, ...long.sops] };
    deps = {
      dicomStore: direct.dicomStore,
      now: inTwoMinutes,
      objects: {
        read: (...request) => direct.objects.read(...request),
        find: (key) => {
          if (key.endsWith('.json')) reads.push(key);
          return direct.objects.find(key);
        },
        replace: (key, object) => direct.objects.replace(key, object),
      },
    };
  });

  test('are composed for each request, and not stored, as long as instances may be added', async () => {
    reads = [];
    const { changedAt } = await series();
    const text = await metadataOfSeries(await found(), { ...deps, now: () => new Date(changedAt) });
    expect(sopsIn(text).sort()).toEqual([...uids.sops].sort());
    // Those of the other one are in its item.
    expect([reads.length, await isKept()]).toEqual([1, false]);
  });

  test('are stored as one object when no instance was added for a while', async () => {
    const text = await metadataOfSeries(await found(), deps);
    expect(await isKept()).toBe(true);
    reads = [];
    expect(await metadataOfSeries(await found(), deps)).toBe(text);
    expect(reads).toEqual([]);
  });

  test('include instances that were added since', async () => {
    const more = await storeSlices(1, uids);
    const text = await metadataOfSeries(await found(), deps);
    expect(sopsIn(text).sort()).toEqual([...uids.sops, ...more.sops].sort());
    reads = [];
    expect(await metadataOfSeries(await found(), deps)).toBe(text);
    expect(reads).toEqual([]);
  });
});

test('The function itself has the permissions to store and read the metadata of a series', async () => {
  const uids = await storeSlices(2);
  const { series } = await direct.dicomStore.getAt(uids);
  await direct.table.client.send(
    new UpdateCommand({
      TableName: direct.table.name,
      Key: seriesKey(uids.study, uids.series),
      UpdateExpression: 'SET changedAt = :then',
      ExpressionAttributeValues: { ':then': '2026-01-01T00:00:00.000Z' },
    }),
  );
  const composed = await staff.json('GET', `${path(uids)}/metadata`, 200);
  expect(await direct.objects.has(seriesMetadataKey(series as DicomSeries))).toBe(true);
  expect(await staff.json('GET', `${path(uids)}/metadata`, 200)).toEqual(composed);
  expect(composed[1]['7FE00010'].BulkDataURI).toMatch(
    new RegExp(`${path(uids)}/instances/[\\d.]+/bulkdata/7FE00010$`),
  );
});

test('200 instances that 50 clients store at once are all in the metadata', async () => {
  const uids = await storeSlices(200, undefined, 50);
  const sops = await listed(path(uids));
  expect(sops).toHaveLength(200);
  expect(new Set(sops)).toEqual(new Set(uids.sops));
  expect(await listed(`/dicom-web/studies/${uids.study}`)).toHaveLength(200);
}, 120_000);
