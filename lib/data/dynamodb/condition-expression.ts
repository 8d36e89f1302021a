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
export const onlyIf = (conditions: readonly Condition[]) => ({
  ConditionExpression: conditions.map(({ expression }) => expression).join(' AND '),
  ExpressionAttributeNames: merged(conditions.map(({ names }) => names)),
  ExpressionAttributeValues: merged(conditions.map(({ values }) => values)),
});

/** The parameters of an update that is made only if all of the conditions are true. */
export function updateIf(conditions: readonly Condition[], update: ReturnType<typeof updateOf>) {
  const condition = onlyIf(conditions);
  return {
    ...condition,
    UpdateExpression: update.UpdateExpression,
    ExpressionAttributeNames: merged([update.ExpressionAttributeNames, condition.ExpressionAttributeNames]),
    ExpressionAttributeValues: merged([
      update.ExpressionAttributeValues ?? {},
      condition.ExpressionAttributeValues,
    ]),
  };
}

const merged = <T>(records: readonly Record<string, T>[]): Record<string, T> => Object.assign({}, ...records);
