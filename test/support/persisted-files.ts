import type { Page } from 'playwright-core';

/** How many files the browser's own store holds. */
export const persistedFiles = (page: Page): Promise<number> =>
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

/** Whether the browser would leave the page without asking first: what it has not copied would be lost. */
export const canUnload = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>("dispatchEvent(new Event('beforeunload', { cancelable: true }))");
