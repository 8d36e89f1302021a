import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { DATA_DOCUMENT, dataDocument, updated } from '../../bin/documents/data-document.ts';
import { ENTITIES, type Entity } from '../../lib/data/entities.ts';
import * as keys from '../../lib/data/keys.ts';
import { PatientTerm } from '../../lib/data/patients.ts';
import { Patient } from '../../lib/domain/patients/patient.ts';
import * as objectKeys from '../../lib/storage/object-keys.ts';
import { STORED_OBJECTS } from '../../lib/storage/stored-objects.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const committed = readFileSync(DATA_DOCUMENT, 'utf8');

/** The lines that these declarations add to the document. */
const changedLines = (entities: readonly Entity[], objects = STORED_OBJECTS) => {
  const known = committed.split('\n');
  return updated(committed, dataDocument(entities, objects))
    .split('\n')
    .filter((line) => {
      const index = known.indexOf(line);
      if (index >= 0) known.splice(index, 1);
      return index < 0;
    });
};

/** The declarations with another first entity, `Patient`. */
const withFirst = (change: (first: Entity) => Partial<Entity>): Entity[] => {
  const [first, ...others] = ENTITIES;
  if (!first) throw new Error('there are no entities');
  return [{ ...first, ...change(first) }, ...others];
};

test('docs/data.md describes the stored data as the sources declare them', () => {
  expect(
    updated(committed, dataDocument()),
    'The data format changed: list it in docs/data.md (npm run data) and, once version 1.0 is released, raise DATA_FORMAT and write a migration.',
  ).toBe(committed);
});

test('A release reads the items that a later one has written with more attributes', () => {
  const refusing = ENTITIES.filter(({ schema }) =>
    Object.values(schema).some((object) =>
      JSON.stringify(z.toJSONSchema(object, { io: 'input', unrepresentable: 'any' })).includes(
        '"additionalProperties":false',
      ),
    ),
  ).map(({ name }) => name);
  // A picture without an edit that is not understood would be another picture.
  expect(refusing).toEqual(['ImageEdit']);
});

describe('A change of the format changes the document:', () => {
  test('another type of an attribute', () => {
    const changed = Patient.extend({ version: z.string() });
    expect(changedLines(withFirst(() => ({ schema: { Patient: changed } })))).toEqual([
      expect.stringMatching(/^\| `version` \| `string` \|/),
    ]);
  });

  test('an attribute that may be missing', () => {
    const changed = Patient.extend({ version: Patient.shape.version.optional() });
    expect(changedLines(withFirst(() => ({ schema: { Patient: changed } })))).toEqual([
      expect.stringMatching(/^\| `version` \(optional\) \| `integer` \|/),
    ]);
  });

  test('one more attribute', () => {
    expect(changedLines(withFirst(() => ({ schema: { PatientTerm } })))).toEqual([
      expect.stringContaining('An index item'),
      expect.stringMatching(/^\| `term` \|/),
      expect.stringMatching(/^\| `place` \|/),
    ]);
  });

  test('one more attribute that its source does not have, which means that the source is not read rightly', () => {
    const changed = Patient.extend({ planted: z.string() });
    expect(() => changedLines(withFirst(() => ({ schema: { Patient: changed } })))).toThrow(
      'no field planted',
    );
  });

  test('a key', () => {
    const changed = withFirst(({ keys: [, ...others] }) => ({
      keys: [[{ pk: 'PERSON#<number>', sk: 'PATIENT' }, { table: 'a patient' }], ...others],
    }));
    expect(changedLines(changed)).toEqual([
      '| a patient | Patient | `Table` | table | `PERSON#<number>` | `PATIENT` |',
    ]);
  });

  test('a transition between states', () => {
    const changed = withFirst(() => ({ transitions: { plant: { from: ['sown'], to: 'planted' } } }));
    expect(changedLines(changed)).toContain('  sown --> planted : plant');
  });

  test('an object', () => {
    const planted = { bucket: 'Images', key: 'images/<image>_x.jpg', holds: 'a planted object' } as const;
    expect(changedLines(ENTITIES, [...STORED_OBJECTS, planted])).toEqual([
      expect.stringMatching(/^\| `Images` \| `images\/<image>_x.jpg` \| a planted object \|/),
    ]);
  });
});

describe('Every key is declared:', () => {
  /** The names that a source file uses, apart from its imports. */
  const used = (file: string) => readFileSync(join(ROOT, file), 'utf8').replaceAll(/^import[^;]*;/gm, '');

  /** Key functions are named for what they return. */
  const keyFunctions = (module: object) =>
    Object.entries(module).flatMap(([name, value]) =>
      typeof value === 'function' && /Keys?$/.test(name) ? [name] : [],
    );

  test.each(keyFunctions(keys))('%s of the table', (name) => {
    expect(used('lib/data/entities.ts')).toMatch(new RegExp(`\\bkeys\\.${name}\\(`));
  });

  test.each(keyFunctions(objectKeys))('%s of the buckets', (name) => {
    expect(used('lib/storage/stored-objects.ts')).toMatch(new RegExp(`\\b${name}\\(`));
  });

  test('and none is made of a missing value', () => {
    const all = ENTITIES.flatMap((entity) => entity.keys.flatMap(([key]) => Object.values(key)));
    expect(all.length).toBeGreaterThan(50);
    for (const key of all) expect(key).not.toMatch(/undefined|NaN|null/);
  });
});
