import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ESTree, parseSync } from 'vite';

const ROOT = join(import.meta.dirname, '..', '..');

/** A schema as the source declares it: its comment, its fields, and the schemas that it extends. */
interface Declaration {
  comment: string | undefined;
  fields: Map<string, Field>;
  bases: string[];
}

/** A field of a schema: its comment, and the declared schema that it has without any change, if there is one. */
interface Field {
  comment: string | undefined;
  schema: string | undefined;
}

/** The comments of the schemas in these files, which their values do not have. */
export class DocComments {
  readonly #declarations = new Map<string, Declaration>();

  constructor(patterns: readonly string[]) {
    for (const file of globSync([...patterns], { cwd: ROOT }).sort()) {
      const text = readFileSync(join(ROOT, file), 'utf8');
      const { program, comments } = parseSync(file, text);
      const commentBefore = (start: number) => {
        const comment = comments.findLast(({ end }) => end <= start);
        if (!comment?.value.startsWith('*') || text.slice(comment.end, start).trim() !== '') return undefined;
        return plainText(comment.value);
      };
      for (const statement of program.body) {
        const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
        if (declared?.type !== 'VariableDeclaration') continue;
        const [{ id, init } = {}] = declared.declarations;
        if (id?.type !== 'Identifier' || !init) continue;
        const comment = commentBefore(statement.start);
        this.#declarations.set(id.name, { comment, ...membersOf(init, commentBefore) });
      }
    }
  }

  /** The comment of a schema, or else of the one that it extends. */
  of(schema: string): string | undefined {
    const { comment, bases = [] } = this.#declarations.get(schema) ?? {};
    return comment ?? bases.map((base) => this.of(base)).find((each) => each !== undefined);
  }

  /** @throws Error if the source has no such field, which would mean that it was not read rightly */
  field(schema: string, name: string): Field {
    const found = this.#field(schema, name);
    if (!found) throw new Error(`the source of ${schema} has no field ${name}`);
    return found;
  }

  #field(schema: string, name: string): Field | undefined {
    const { fields, bases = [] } = this.#declarations.get(schema) ?? {};
    return (
      fields?.get(name) ?? bases.map((base) => this.#field(base, name)).find((each) => each !== undefined)
    );
  }
}

/** The fields of `z.object({…})` and `Base.extend({…})`, and the bases of both. */
function membersOf(init: ESTree.Expression, commentBefore: (start: number) => string | undefined) {
  const fields: Declaration['fields'] = new Map();
  const bases = [rootOf(init)];
  for (const property of objectIn(init)?.properties ?? []) {
    if (property.type === 'SpreadElement') bases.push(rootOf(property.argument));
    else
      fields.set(nameOf(property), {
        comment: commentBefore(property.start),
        schema: unchanged(property.value),
      });
  }
  return { fields, bases: bases.filter((base) => base !== undefined) };
}

/** The object in the first call of a chain of calls that has one, or an object of fields that schemas spread. */
function objectIn(node: ESTree.Expression): ESTree.ObjectExpression | undefined {
  if (node.type === 'ObjectExpression') return node;
  if (node.type === 'MemberExpression') return objectIn(node.object);
  if (node.type !== 'CallExpression') return undefined;
  const [argument] = node.arguments;
  const isSchema =
    node.callee.type === 'MemberExpression' &&
    node.callee.property.type === 'Identifier' &&
    /^(object|strictObject|extend)$/.test(node.callee.property.name);
  return objectIn(node.callee) ?? (isSchema && argument?.type === 'ObjectExpression' ? argument : undefined);
}

/** The name with which a chain of calls and members begins, such as `Id` of `Id.optional()`. */
function rootOf(node: ESTree.Expression): string | undefined {
  if (node.type === 'Identifier') return node.name;
  if (node.type === 'MemberExpression') return rootOf(node.object);
  return node.type === 'CallExpression' ? rootOf(node.callee) : undefined;
}

/** The schema that a field has, apart from whether its value may be missing. */
function unchanged(node: ESTree.Expression): string | undefined {
  if (node.type === 'Identifier') return node.name;
  const isMissing =
    node.type === 'CallExpression' &&
    node.callee.type === 'MemberExpression' &&
    node.callee.property.type === 'Identifier' &&
    /^(optional|nullable|default)$/.test(node.callee.property.name);
  return isMissing ? unchanged((node.callee as ESTree.MemberExpression).object) : undefined;
}

const nameOf = ({ key }: ESTree.ObjectProperty): string =>
  key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : '';

/** The first paragraph of a comment, as one line. */
const plainText = (comment: string): string =>
  (comment.replaceAll(/^[ \t]*\*+ ?/gm, '').split(/\n\s*\n/)[0] ?? '').replaceAll(/\s+/g, ' ').trim();
