import type { Page } from 'playwright-core';

/** How many files the browser's own store holds. */
export const keptFiles = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const asked = Reflect.get(globalThis, 'indexedDB').open('negatoscope-uploads');
        asked.onerror = () => reject(asked.error);
        asked.onsuccess = () => {
          const counted = asked.result.transaction('files').objectStore('files').count();
          counted.onsuccess = () => {
            asked.result.close();
            resolve(counted.result);
          };
        };
      }),
  );
