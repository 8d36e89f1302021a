/** An update expression that sets each value and removes those that are null. */
export function updateOf(values: Record<string, unknown>) {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  const set = entries.filter(([, value]) => value !== null).map(([name]) => `#${name} = :${name}`);
  const remove = entries.filter(([, value]) => value === null).map(([name]) => `#${name}`);
  return {
    UpdateExpression: [
      set.length > 0 && `SET ${set.join(', ')}`,
      remove.length > 0 && `REMOVE ${remove.join(', ')}`,
    ]
      .filter(Boolean)
      .join(' '),
    ExpressionAttributeNames: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
    // DynamoDB refuses an empty object.
    ExpressionAttributeValues:
      set.length === 0
        ? undefined
        : Object.fromEntries(
            entries.filter(([, value]) => value !== null).map(([name, value]) => [`:${name}`, value]),
          ),
  };
}
