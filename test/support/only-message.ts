import { Turns } from '../../lib/lambda/events/turns.ts';

/** The turns of an invocation with one message, for tests that call a handler directly. */
export const onlyMessage = new Turns(1, () => Number.POSITIVE_INFINITY, 0);
