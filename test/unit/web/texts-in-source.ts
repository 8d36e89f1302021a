import { parseSync } from 'vite';

interface Node {
  type: string;
  [property: string]: unknown;
}

/** Attributes whose values people do not read. */
const UNREAD =
  /^(className|id|href|src|type|role|htmlFor|name|rel|target|method|accept|d|viewBox|points|key|transform|style|inputMode|autoComplete|fill|stroke|data-.*|aria-(live|current|labelledby|describedby|haspopup|controls|sort|pressed))$/;
/** Calls whose texts people do not read. */
const UNREAD_CALLS =
  /^(text|richText|Error|TypeError|RangeError|DOMException|RegExp|URL|getItem|setItem|removeItem|addEventListener|removeEventListener|querySelector|querySelectorAll|closest|matches|matchMedia|createElement|getContext|setProperty|removeProperty|DateTimeFormat|NumberFormat|includes|startsWith|endsWith|lazyPart|has|get|set|GET|POST|PUT|PATCH|DELETE)$/;
/** Names that are the same in all languages: the product's, those of DICOM's standard, and of each language its own. */
const NAMES = /^(Negatoscope|Alphabetic|Ideographic|Phonetic|English|Deutsch|Français|Español)$/;
/** Functions whose texts are keys, and not read by people. */
const UNREAD_FUNCTIONS = /^(lockOf)$/;
/** Keys of a keyboard (UI Events, "Named key attribute values"). */
const KEYS = /^(Enter|Escape|Delete|Home|End|Tab)$/;
const isText = (value: string) =>
  !KEYS.test(value) && /\p{L}{2,}[,:]? \p{L}|^\p{Lu}\p{Ll}+[.!?:…]?$/u.test(value.trim());
const hasLetters = (value: string) => /\p{L}{2,}/u.test(value);

/** The texts for people in a source file of the page. */
export function textsIn(name: string, source: string): string[] {
  const { program } = parseSync(name, source);
  const texts: string[] = [];
  visit(program as unknown as Node, texts);
  return texts;
}

function visit(node: Node, texts: string[]): void {
  if (isUnread(node)) return;
  if (node.type === 'JSXText' && hasLetters(String(node.value))) texts.push(String(node.value).trim());
  if (
    node.type === 'Literal' &&
    typeof node.value === 'string' &&
    isText(node.value) &&
    !isSelector(node.value)
  )
    texts.push(node.value);
  if (node.type === 'TemplateLiteral') {
    for (const { value } of node.quasis as { value: { cooked: string } }[]) {
      const words = value.cooked.trim();
      // Beside a value, one word is a part of a sentence.
      if (isText(words) || /^ \p{L}{2,}/u.test(value.cooked)) texts.push(words);
    }
  }
  for (const [property, value] of Object.entries(node)) {
    if (property === 'quasis' || (property === 'key' && node.type === 'Property')) continue;
    for (const each of Array.isArray(value) ? value : [value]) if (isNode(each)) visit(each, texts);
  }
}

/** A selector of elements by their class, as in `.tile input`. */
const isSelector = (value: string) => /^\.[a-z]/.test(value);

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';

function isUnread(node: Node): boolean {
  if (/^(Import|Export(All|Named)?Declaration$.*source|TS(Type|Interface|Literal|Union))/.test(node.type))
    return true;
  if (node.type === 'BinaryExpression') return /^[=!]==?$/.test(String(node.operator));
  if (node.type === 'Literal') return NAMES.test(String(node.value));
  if (node.type === 'VariableDeclarator') return UNREAD_FUNCTIONS.test(nameOf(node.id));
  if (node.type === 'SwitchCase') return false;
  if (node.type === 'JSXAttribute') return UNREAD.test(nameOf(node.name));
  if (node.type === 'CallExpression' || node.type === 'NewExpression')
    return UNREAD_CALLS.test(nameOf(node.callee));
  return false;
}

function nameOf(node: unknown): string {
  if (!isNode(node)) return '';
  if (node.type === 'MemberExpression') return nameOf(node.property);
  return typeof node.name === 'string' ? node.name : '';
}
