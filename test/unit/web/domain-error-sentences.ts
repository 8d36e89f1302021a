import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'vite';

interface Node {
  type: string;
  [property: string]: unknown;
}

const ROOT = path.join(import.meta.dirname, '../../..');
const sources = ['lib', 'functions'].flatMap((folder) =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(path.join(ROOT, folder, name), 'utf8')),
);

/** All texts of the service's sources. */
export const serviceSources = sources.join('\n');

/**
 * The fixed sentences of the errors of the service: the messages of `DomainError` and its classes that are literals or constants,
 * and for each kind of thing that `requireVisible` asks for that there is none.
 */
export const domainErrorSentences: readonly string[] = [
  ...new Set(
    sources
      .filter((source) => /DomainError|requireVisible/.test(source))
      .flatMap((source) => sentencesIn(source)),
  ),
].sort();

/** The same for one source. */
export function sentencesIn(source: string): string[] {
  const { program } = parseSync('source.ts', source);
  const hasSubclass = source.includes('extends DomainError');
  return nodesIn(program as unknown as Node).flatMap((node) => {
    const name = nameOf(node.callee);
    const isError = node.type === 'NewExpression' && name === 'DomainError';
    const isSuper = hasSubclass && (node.callee as Node | undefined)?.type === 'Super';
    const [, message, kind] = (node.arguments ?? []) as (Node | undefined)[];
    if (isError || isSuper) return literalOf(message);
    if (name === 'requireVisible') return literalOf(kind).map((each) => `There is no such ${each}.`);
    return [];
  });
}

/** The value of a literal, or of a constant such as `FILES_GONE`, from whichever file. */
function literalOf(node: Node | undefined): string[] {
  if (node?.type === 'Literal') return [String(node.value)];
  const name = nameOf(node);
  const constant = /^[A-Z_]+$/.test(name) && new RegExp(`const ${name} =\\s+'([^']+)'`).exec(serviceSources);
  return constant ? [String(constant[1])] : [];
}

function nodesIn(node: Node): Node[] {
  const children = Object.values(node).flatMap((value) => (Array.isArray(value) ? value : [value]));
  return [node, ...children.filter(isNode).flatMap(nodesIn)];
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

function nameOf(node: unknown): string {
  return isNode(node) && typeof node.name === 'string' ? node.name : '';
}
