import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { operations } from '../../functions/operations.ts';
import { triggers } from '../../functions/triggers.ts';
import type { Permissions } from '../../lib/api/operation.ts';
import { ENTITIES, type Entity, TABLES } from '../../lib/data/entities.ts';
import { INDEXES, TABLE_SCHEMA } from '../../lib/data/keys.ts';
import { DATA_FORMAT } from '../../lib/domain/data-format.ts';
import { EXPIRE_AFTER_DAYS } from '../../lib/storage/object-keys.ts';
import { STORED_OBJECTS, type StoredObject } from '../../lib/storage/stored-objects.ts';
import { DocComments } from './doc-comments.ts';
import { attributesOf } from './type-text.ts';

export const DATA_DOCUMENT = join(import.meta.dirname, '..', '..', 'docs', 'data.md');

/** The line of `docs/data.md` after which everything is generated. */
const MARKER = '<!-- `npm run data` writes what follows. -->\n';

/** The description of all stored data in `docs/data.md`, from the declarations. */
export function dataDocument(
  entities: readonly Entity[] = ENTITIES,
  objects: readonly StoredObject[] = STORED_OBJECTS,
): string {
  const comments = new DocComments(['lib/domain/**/*.ts', 'lib/data/**/*.ts']);
  const types = new Map<string, string>();
  const entityTexts = entities.flatMap((entity) => entityText(entity, comments, types));
  return [
    `## Data format ${DATA_FORMAT}`,
    '## Tables',
    tablesText(),
    '## Entities',
    diagram(entities),
    ...entityTexts,
    '### Types',
    typesText(types, comments),
    ...entities.flatMap(statesText),
    '## Keys',
    keysText(entities),
    '## Objects in S3',
    objectsText(objects),
  ]
    .map((block) => `${block}\n`)
    .join('\n');
}

const tablesText = () =>
  markdownTable(
    ['table', 'partition key', 'sort key', 'indexes', 'time to live'],
    Object.entries(TABLES).map(([name, indexes]) => [
      `\`${name}\``,
      `\`${TABLE_SCHEMA.partitionKey}\``,
      `\`${TABLE_SCHEMA.sortKey}\``,
      indexes
        .map((index) => `\`${index}\` (\`${INDEXES[index].partitionKey}\`, \`${INDEXES[index].sortKey}\`)`)
        .join(', '),
      `\`${TABLE_SCHEMA.timeToLive}\``,
    ]),
  );

/** A diagram of the entities and their references, in Mermaid's notation. */
function diagram(entities: readonly Entity[]): string {
  const lines = entities.flatMap(({ name, schema, refersTo = {} }) => {
    const attributes = Object.values(schema).flatMap(attributesOf);
    const references = Object.entries(refersTo).map(([attribute, target]) => {
      const found = attributes.find((each) => each.name === attribute);
      if (!found) throw new Error(`${name} has no attribute ${attribute}`);
      return `  ${target} ${found.isOptional || found.type.includes('null') ? '|o' : '||'}--o{ ${name} : ${attribute}`;
    });
    return references.length > 0 ? references : [`  ${name}`];
  });
  return ['```mermaid', 'erDiagram', ...lines, '```'].join('\n');
}

function entityText({ name, schema, table }: Entity, comments: DocComments, types: Map<string, string>) {
  return Object.entries(schema).flatMap(([declaredAs, object]) => {
    const rows = attributesOf(object).map(({ name: attribute, type, isOptional, description = '' }) => {
      const { comment, schema: named } = comments.field(declaredAs, attribute);
      const own = type.replace(/ \| null$/, '');
      if (named) types.set(named, own);
      return [
        `\`${attribute}\`${isOptional ? ' (optional)' : ''}`,
        named ? `${named}${own === type ? '' : ' or null'}` : `\`${type}\``,
        comment ?? (named ? '' : description),
      ];
    });
    return [
      `### ${name}`,
      `${comments.of(declaredAs) ?? ''} In the table \`${table}\`.`.trim(),
      ...(rows.length > 0 ? [markdownTable(['attribute', 'type', 'meaning'], rows)] : []),
    ];
  });
}

/** The states of an entity and their transitions, in Mermaid's notation: `[*]` is also the end. */
function statesText({ name, transitions }: Entity): string[] {
  if (!transitions) return [];
  const lines = Object.entries(transitions).flatMap(([event, { from, to = '[*]' }]) =>
    from.map((state) => `  ${state} --> ${to} : ${event}`),
  );
  return [`## States: ${name}`, ['```mermaid', 'stateDiagram-v2', ...lines, '```'].join('\n')];
}

/** The types that have names: each is described once. */
const typesText = (types: Map<string, string>, comments: DocComments) =>
  markdownTable(
    ['type', 'definition', 'meaning'],
    [...types].sort().map(([name, type]) => [name, `\`${type}\``, comments.of(name) ?? '']),
  );

/** Where each entity is found, from the attributes of its keys. */
function keysText(entities: readonly Entity[]): string {
  const rows = entities.flatMap(({ name, table, keys }) =>
    keys.flatMap(([key, finds]) => {
      const places = [
        { place: 'table' as const, partitionKey: TABLE_SCHEMA.partitionKey, sortKey: TABLE_SCHEMA.sortKey },
        ...TABLES[table].map((index) => ({ place: index, ...INDEXES[index] })),
      ];
      return places.flatMap(({ place, partitionKey, sortKey }) => {
        const partition = key[partitionKey];
        if ((partition === undefined) !== (finds[place] === undefined))
          throw new Error(`a key of ${name} must say what it finds in ${place}, and have a key of it`);
        return partition === undefined
          ? []
          : [
              [
                finds[place] ?? '',
                name,
                `\`${table}\``,
                place,
                `\`${partition}\``,
                `\`${key[sortKey] ?? ''}\``,
              ],
            ];
      });
    }),
  );
  const unique = [...new Map(rows.map((row) => [row.join(), row])).values()];
  return markdownTable(['access pattern', 'entity', 'table', 'index', 'partition key', 'sort key'], unique);
}

function objectsText(objects: readonly StoredObject[]): string {
  const rows = objects.map(({ bucket, key, holds }) => [
    `\`${bucket}\``,
    `\`${key}\``,
    holds,
    bucket === 'AuditSegments'
      ? 'locked for the days of `auditRetention`, and never deleted'
      : lifetimeOf(key),
    writersOf(key).join(', '),
  ]);
  return markdownTable(['bucket', 'key', 'what it holds', 'lifetime', 'functions that may write it'], rows);
}

function lifetimeOf(key: string): string {
  const [, days] = Object.entries(EXPIRE_AFTER_DAYS).find(([prefix]) => key.startsWith(prefix)) ?? [];
  if (days === undefined) return 'until it is erased';
  return days === 1 ? '1 day' : `${days} days`;
}

/** The functions whose permissions allow them, or the signed URLs that they make, to write the object. */
const writersOf = (key: string): string[] =>
  [...operations, ...triggers]
    .filter(({ permissions }: { permissions: Permissions }) =>
      Object.entries(permissions.objects ?? {}).some(
        ([prefix, actions]) => key.startsWith(`${prefix}/`) && actions.includes('write'),
      ),
    )
    .map(({ id }) => `\`${id}\``);

function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\t', '⇥')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Returns the document with its generated part replaced. */
export function updated(document: string, generated: string): string {
  const start = document.indexOf(MARKER);
  if (start < 0) throw new Error(`docs/data.md has no line ${MARKER}`);
  return `${document.slice(0, start)}${MARKER}\n${generated}`;
}

if (import.meta.main) {
  writeFileSync(DATA_DOCUMENT, updated(readFileSync(DATA_DOCUMENT, 'utf8'), dataDocument()));
}
