import type { Page } from 'playwright-core';

/**
 * Drops files and folders of the disk onto the page's drop zone, as a user does: the browser reads the bytes itself.
 */
export async function dropPaths(page: Page, files: readonly string[]): Promise<void> {
  const zone = await page.locator('.drop-zone').boundingBox();
  if (!zone) throw new Error('the page shows no drop zone');
  const session = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', {
      type,
      x: zone.x + zone.width / 2,
      y: zone.y + zone.height / 2,
      data: { items: [], files: [...files], dragOperationsMask: 1 },
    });
  }
  await session.detach();
}
