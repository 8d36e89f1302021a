import type * as z from 'zod';

type JsonSchema = z.core.JSONSchema._JSONSchema;

/**
 * Returns an example of a schema: its own, or one composed of the examples of its parts, so that an example is written
 * once, beside its schema. Fields without an example are omitted.
 */
export function exampleOf(schema: JsonSchema): unknown {
  if (typeof schema === 'boolean') return undefined;
  const { anyOf, oneOf, properties, items, type } = schema;
  const own = Array.isArray(schema.examples) ? schema.examples[0] : undefined;
  const [simple] = [own, schema.const, schema.default, schema.enum?.[0]].filter(
    (value) => value !== undefined,
  );
  if (simple !== undefined) return simple;
  const [variant] = (anyOf ?? oneOf ?? []).map(exampleOf).filter((value) => value !== undefined);
  if (variant !== undefined) return variant;
  if (properties) {
    const fields = Object.entries(properties).map(([name, field]) => [name, exampleOf(field)] as const);
    return Object.fromEntries(fields.filter(([, value]) => value !== undefined));
  }
  const item = items && !Array.isArray(items) ? exampleOf(items) : undefined;
  if (item !== undefined) return [item];
  return type && [type].flat().includes('null') ? null : undefined;
}
