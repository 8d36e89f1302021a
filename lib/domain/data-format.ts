/**
 * The number of the format of all stored data: items, keys, objects. `docs/data.md` describes it. From the first release
 * on, a change that older data do not follow raises it, and brings a migration.
 */
export const DATA_FORMAT = 1;
