import type { updateOf } from './update-expression.ts';

/** A condition on an item, with the names and values of its expression. */
export interface Condition {
  expression: string;
  names: Record<string, string>;
  values: Record<string, unknown>;
}

/** The item has this value of the attribute, or no such attribute if the value is undefined. */
export const equals = (name: string, value: unknown): Condition =>
  value === undefined
    ? { expression: `attribute_not_exists(#${name})`, names: { [`#${name}`]: name }, values: {} }
    : {
        expression: `#${name} = :${name}Before`,
        names: { [`#${name}`]: name },
        values: { [`:${name}Before`]: value },
      };

/** The item has one of these values of the attribute. */
export const isOneOf = (name: string, values: readonly unknown[]): Condition => {
  const named = values.map((value, index) => [`:${name}Before${index}`, value] as const);
  return {
    expression: `#${name} IN (${named.map(([key]) => key).join(', ')})`,
    names: { [`#${name}`]: name },
    values: Object.fromEntries(named),
  };
};

/** The parameters of a write that is made only if all of the conditions are true. */
export function writeIf(conditions: readonly Condition[], update?: ReturnType<typeof updateOf>) {
  const values = Object.assign(
    {},
    update?.ExpressionAttributeValues,
    ...conditions.map((each) => each.values),
  ) as Record<string, unknown>;
  return {
    ...(update && { UpdateExpression: update.UpdateExpression }),
    ConditionExpression: conditions.map(({ expression }) => expression).join(' AND '),
    ExpressionAttributeNames: Object.assign(
      {},
      update?.ExpressionAttributeNames,
      ...conditions.map(({ names }) => names),
    ) as Record<string, string>,
    // DynamoDB refuses an empty object.
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
  };
}
