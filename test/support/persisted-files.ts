import type { Page } from 'playwright-core';

/** How many files are in the browser's storage. */
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

/** Whether the page can be closed without a warning about files that are not persisted. */
export const canUnload = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>("dispatchEvent(new Event('beforeunload', { cancelable: true }))");
