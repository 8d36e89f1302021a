import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { KeyUses } from '../../lib/data/key-uses.ts';
import { useOwnDatabase } from '../support/own-database.ts';

const database = useOwnDatabase();
let sent = 0;
beforeAll(() => {
  database.table.client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        if (/^Update/.test(commandName)) sent += 1;
        return next(args);
      },
    { step: 'initialize' },
  );
});
beforeEach(() => {
  sent = 0;
});

const at = (time: string) => new Date(`2026-03-01T${time}:00.000Z`);

test('The use of a key is written once an hour, whichever process sees it', async () => {
  const id = randomUUID();
  const [one, another] = [new KeyUses(database.table), new KeyUses(database.table)];
  for (const time of ['10:00', '10:20', '10:59']) await one.note(id, at(time));
  expect(sent).toBe(1);
  await another.note(id, at('10:30'));
  expect(await one.of([id])).toEqual(new Map([[id, '2026-03-01T10:00:00.000Z']]));
  await one.note(id, at('11:00'));
  expect(await one.of([id])).toEqual(new Map([[id, '2026-03-01T11:00:00.000Z']]));
});

test('A key that was never used has no use, and no keys have none', async () => {
  const [used, unused] = [randomUUID(), randomUUID()];
  const uses = new KeyUses(database.table);
  await uses.note(used, at('10:00'));
  expect([...(await uses.of([unused, used])).keys()]).toEqual([used]);
  expect(await uses.of([])).toEqual(new Map());
});
