import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: (options: { type: 'minor' }) => void = runInNewContext('gc');

/**
 * Frees the buffers of a stream that were just used up. V8 looks for garbage by the size of its heap, in which 64 KB from a
 * socket are some hundred bytes: between two looks there would be a hundred megabytes of them. A minor collection, which
 * takes a millisecond, finds them all.
 */
export const runMinorGc = (): void => collect({ type: 'minor' });
