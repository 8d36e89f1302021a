import { setFlagsFromString } from 'node:v8';

/** Functions with less memory have no files in it. */
const FOR_FILES_MB = 1024;

/**
 * Lets the heap of a function that has files in memory grow to six times of what it had after the last full garbage
 * collection, and at most halfway to its limit. By default, V8 collects again after some more megabytes: of a function with
 * 15 MB of objects that stores files of half a megabyte, after every third request, which took a third of its CPU time; up to
 * three times of it, after every thirteenth.
 */
export function letHeapGrow({ memoryMb }: { memoryMb: number }): void {
  if (memoryMb >= FOR_FILES_MB) setFlagsFromString('--heap-growing-percent=500');
}
