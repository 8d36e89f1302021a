import fc from 'fast-check';
import * as z from 'zod';

/** The part of JSON Schema that the API document uses. */
export interface Schema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  examples?: unknown[];
}

/** Longer texts and lists find nothing more, and take longer. */
const MOST = { length: 40, items: 4 };

/** Values that the schema accepts; some of them are the schema's own examples. */
export function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  const { examples = [] } = schema;
  const made = madeOf(schema);
  return examples.length > 0 ? fc.oneof(fc.constantFrom(...examples), made) : made;
}

function madeOf(schema: Schema): fc.Arbitrary<unknown> {
  const { anyOf, oneOf, properties, items } = schema;
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const variants = anyOf ?? oneOf;
  if (variants) return fc.oneof(...variants.map(valuesOf));
  const [type, ...others] = [schema.type ?? []].flat();
  if (others.length > 0)
    return fc.oneof(...[type, ...others].map((each) => valuesOf({ ...schema, type: each ?? 'null' })));
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.maxSafeInteger().map((value) => clamp(value, schema));
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => clamp(value, schema));
    case 'array':
      return fc.array(valuesOf(items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? MOST.items, MOST.items)),
      });
    case 'object':
      return objectsOf(properties ?? {}, schema.required ?? []);
    case 'string':
      return textsOf(schema);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

const objectsOf = (properties: Record<string, Schema>, required: string[]) =>
  fc.record(Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, valuesOf(each)])), {
    requiredKeys: required.filter((name) => name in properties),
  });

const clamp = (value: number, { minimum = value, maximum = value }: Schema) =>
  Math.min(Math.max(value, minimum), maximum);

function textsOf(schema: Schema): fc.Arbitrary<unknown> {
  const { format, pattern, minLength = 0, maxLength = MOST.length, allOf = [] } = schema;
  if (format === 'uuid') return fc.uuid({ version: 4 });
  if (format === 'date-time')
    return fc.date({ noInvalidDate: true, min: new Date(0) }).map((date) => date.toISOString());
  if (format === 'date')
    return fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
      .map((date) => date.toISOString().slice(0, 10));
  const source = pattern ?? allOf.find((each) => each.pattern)?.pattern;
  const fits = (text: string) => text.length <= maxLength && new RegExp(source ?? '').test(text);
  // fast-check makes no texts for a lookahead: nearly all texts fit those of this document.
  if (source && !/\(\?[=!<]/.test(source)) return fc.stringMatching(new RegExp(source)).filter(fits);
  const longest = Math.max(minLength, Math.min(maxLength, MOST.length));
  return fc.string({ unit: 'grapheme', minLength, maxLength: longest }).filter(fits);
}

/** What is wrong with a value by a schema of the document; undefined if it is right. */
export const faultsOf = (schema: Schema, value: unknown) =>
  z.fromJSONSchema(structuredClone(schema) as z.core.JSONSchema.JSONSchema).safeParse(value).error?.issues;
