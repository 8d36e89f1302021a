import * as z from 'zod';
import { StartError } from '../start-error.ts';

/** Compiles an event source mapping's filters: a record passes if any pattern matches. */
export function compileFilters(patterns: string[], mapping: string): (record: unknown) => boolean {
  const compiled = patterns.map((text) => compilePattern(JSON.parse(text), mapping));
  return (record) => compiled.length === 0 || compiled.some((matches) => matches(record));
}

type Test = (value: unknown) => boolean;

/** EventBridge's pattern language, as far as the stack uses it: equality, prefix, suffix, exists, anything-but. */
function compilePattern(pattern: unknown, mapping: string): Test {
  if (Array.isArray(pattern)) {
    const rules = pattern.map((rule) => compileRule(rule, mapping));
    return (value) => rules.some((matches) => (Array.isArray(value) ? value.some(matches) : matches(value)));
  }
  const fields = Object.entries(z.record(z.string(), z.unknown()).parse(pattern)).map(
    ([name, inner]) => [name, compilePattern(inner, mapping)] as const,
  );
  return (value) => {
    const record = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
    return fields.every(([name, matches]) => matches(record[name]));
  };
}

function compileRule(rule: unknown, mapping: string): Test {
  if (typeof rule !== 'object' || rule === null) return (value) => value === rule;
  const [operator, operand] = Object.entries(rule)[0] ?? [];
  switch (operator) {
    case 'prefix':
      return (value) => typeof value === 'string' && value.startsWith(String(operand));
    case 'suffix':
      return (value) => typeof value === 'string' && value.endsWith(String(operand));
    case 'exists':
      return (value) => (value !== undefined) === operand;
    case 'anything-but':
      return (value) => value !== undefined && ![operand].flat().includes(value);
    default:
      throw new StartError(
        `The local stack cannot evaluate the filter ${JSON.stringify(rule)} of ${mapping}.`,
      );
  }
}
