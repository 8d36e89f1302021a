import * as z from 'zod';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** An attribute of an entity as its schema declares it. */
export interface Attribute {
  name: string;
  type: string;
  isOptional: boolean;
  description: string | undefined;
}

/** The attributes of a schema, as they are stored: before defaults and transformations. */
export function attributesOf(schema: z.ZodObject): Attribute[] {
  const { properties = {}, required = [] } = toJsonSchema(schema);
  return Object.entries(properties).map(([name, value]) => ({
    name,
    type: typeText(value as JsonSchema),
    isOptional: !required.includes(name),
    description: (value as JsonSchema).description,
  }));
}

const toJsonSchema = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // JSON has no sets, DynamoDB has.
      if (zodSchema instanceof z.ZodSet) {
        jsonSchema.uniqueItems = true;
        jsonSchema.items = toJsonSchema(zodSchema.def.valueType as z.ZodType);
      }
    },
  });

/** A type in the notation of TypeScript, with its limits in parentheses. */
function typeText(schema: JsonSchema): string {
  const { type, properties, items, additionalProperties } = schema;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.uniqueItems) return `set of ${typeText(items as JsonSchema)}`;
  const alternatives = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])] as JsonSchema[];
  const set = alternatives.find(({ uniqueItems }) => uniqueItems);
  if (set) return typeText(set);
  if (alternatives.length > 0) return alternatives.map(typeText).join(' | ');
  if (type === 'array') return `array of ${typeText(items as JsonSchema)}`;
  if (properties) {
    const fields = Object.entries(properties).map(
      ([name, value]) =>
        `${name}${schema.required?.includes(name) ? '' : '?'}: ${typeText(value as JsonSchema)}`,
    );
    return `{ ${fields.join(', ')} }`;
  }
  if (type === 'object') {
    const { propertyNames } = schema;
    const keys = propertyNames ? typeText(propertyNames as JsonSchema) : 'string';
    return `{ [${keys}]: ${typeText((additionalProperties || {}) as JsonSchema)} }`;
  }
  return [[type ?? 'any'].flat().join(' | '), limitsOf(schema)].filter(Boolean).join(' ');
}

function limitsOf({ format, pattern, minLength, maxLength, minimum, maximum }: JsonSchema): string {
  const limits = [
    format ?? (pattern === undefined ? undefined : `/${pattern}/`),
    range(minLength, maxLength, ' characters'),
    range(
      minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum,
      maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum,
      '',
    ),
  ].filter((limit) => limit !== undefined);
  return limits.length > 0 ? `(${limits.join(', ')})` : '';
}

function range(least: number | undefined, most: number | undefined, unit: string): string | undefined {
  if (least === undefined && most === undefined) return undefined;
  return least === most ? `${least}${unit}` : `${least ?? ''}…${most ?? ''}${unit}`;
}
