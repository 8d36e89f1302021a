import { type ComponentType, lazy } from 'react';
import { backOffMs } from '../../../lib/domain/back-off.ts';

/** Over about a minute; afterwards the page offers to load itself again. */
const ATTEMPTS = 7;

/**
 * A part of the page whose code is loaded when it is first shown. A load that fails, as on a bad network, is repeated.
 *
 * @param name the name of the component that the module exports
 */
export const lazyPart = <Name extends string, Props>(
  load: () => Promise<{ [Part in Name]: ComponentType<Props> }>,
  name: Name,
) => lazy(async () => ({ default: (await loadAgain(load))[name] }));

async function loadAgain<T>(load: () => Promise<T>): Promise<T> {
  for (let failures = 1; failures < ATTEMPTS; failures++) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, backOffMs(failures, 1000, 20_000)));
    }
  }
  return load();
}
