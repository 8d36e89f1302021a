/**
 * Ids of audit events are UUIDs of version 7, which begin with 48 bits of milliseconds since 1970 (RFC 9562, 5.7). So
 * the day, the shard and the end of the retention of an event follow from its id.
 */

/** The time in an event's id, or in the beginning of one; milliseconds since 1970. */
export const timeOfEvent = (id: string): number => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);

/** Sorts before all ids of this millisecond. */
export function firstIdAt(milliseconds: number): string {
  const hex = Math.max(0, milliseconds).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

/** Sorts after all ids of this millisecond. */
export const lastIdAt = (milliseconds: number): string => `${firstIdAt(milliseconds)}~`;

/** The day of an event in UTC, as `2026-11-28`. */
export const dayOfEvent = (id: string): string => dayOf(timeOfEvent(id));
export const dayOf = (milliseconds: number): string => new Date(milliseconds).toISOString().slice(0, 10);
