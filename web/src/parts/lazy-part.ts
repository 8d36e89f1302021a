import { type ComponentType, createElement, useEffect, useState } from 'react';
import { backOffMs } from '../../../lib/domain/back-off.ts';

/** Over about a minute; afterwards the page offers to load itself again. */
const ATTEMPTS = 7;

/**
 * A part of the page whose code is loaded when it is first shown. A load that fails, as on a bad network, is repeated.
 *
 * It is no `lazy` of React within a `Suspense`: what has shown a fallback stays hidden for 300 ms, also if its code comes at once.
 *
 * @param name the name of the component that the module exports
 * @param Waiting what is shown meanwhile; nothing by default
 */
export function lazyPart<Name extends string, Props extends object>(
  load: () => Promise<{ [Part in Name]: ComponentType<Props> }>,
  name: Name,
  Waiting: ComponentType<Props> = Nothing,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function LazyPart(props: Props) {
    const [Part, setPart] = useState(() => loaded);
    const [failure, setFailure] = useState<unknown>();
    useEffect(() => {
      if (Part) return;
      loadAgain(load).then((module) => {
        loaded = module[name];
        setPart(() => module[name]);
      }, setFailure);
    }, [Part]);
    if (failure !== undefined) throw failure;
    return createElement(Part ?? Waiting, props);
  };
}

const Nothing = () => null;

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
