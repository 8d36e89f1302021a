import type { Page } from 'playwright-core';

interface Scrolled {
  /** The duration of each; milliseconds. */
  frames: number[];
}

/** As fast as a finger swipes; pixels a second. */
const SPEED = 7200;

/** The durations of frames while the batch scrolls, and while a list of empty boxes does, in turns. */
export async function scrollFrames(
  page: Page,
  { rounds, frames, images }: { rounds: number; frames: number; images: number },
) {
  let asked = 0;
  page.on('request', (request) => {
    if (request.resourceType() === 'image') asked += 1;
  });
  await page.getByRole('button', { name: /^All of them/ }).click();
  await page.locator('.tile img').first().waitFor();
  await page.waitForTimeout(1000);
  const height = await page.locator('.image-grid').evaluate((grid) => Reflect.get(grid, 'offsetHeight'));
  const rowHeight = 222;
  const empty = await page.context().newPage();
  await empty.setContent(
    `<div class="scroller" style="height: 1200px; width: 520px; overflow: auto">${'<div style="height: 222px"></div>'.repeat(
      Math.ceil(Math.max(Number(height), (images / 3) * rowHeight) / rowHeight),
    )}</div>`,
  );
  const product: Scrolled = { frames: [] };
  const floor: Scrolled = { frames: [] };
  let tiles = 0;
  for (let turn = 0; turn < rounds; turn++) {
    await page.bringToFront();
    product.frames.push(...(await scrollThrough(page, frames)));
    tiles = Math.max(tiles, await page.locator('.tile').count());
    await empty.bringToFront();
    floor.frames.push(...(await scrollThrough(empty, frames)));
  }
  await empty.close();
  return { product, floor, tiles, asked };
}

/** Scrolls down the list, as by a finger, and records each frame meanwhile. */
async function scrollThrough(page: Page, frames: number): Promise<number[]> {
  const box = await page.locator('.scroller').first().boundingBox();
  if (!box) throw new Error('there is nothing to scroll');
  const before = await page
    .locator('.scroller')
    .first()
    .evaluate((element) => Number(Reflect.get(element, 'scrollTop')));
  const noted = page.evaluate(
    (count) =>
      new Promise<number[]>((resolve) => {
        const times: number[] = [];
        let last: number | undefined;
        const frame = (time: number) => {
          if (last !== undefined) times.push(time - last);
          last = time;
          if (times.length >= count) resolve(times);
          // By its name: the types here are those of Node.
          else Reflect.get(globalThis, 'requestAnimationFrame').call(globalThis, frame);
        };
        Reflect.get(globalThis, 'requestAnimationFrame').call(globalThis, frame);
      }),
    frames,
  );
  const session = await page.context().newCDPSession(page);
  const gesture = session.send('Input.synthesizeScrollGesture', {
    x: box.x + box.width / 2,
    y: box.y + box.height / 2,
    yDistance: -((SPEED * frames) / 60),
    speed: SPEED,
    gestureSourceType: 'mouse',
    preventFling: true,
  });
  const times = await noted;
  await gesture;
  await session.detach();
  const after = await page
    .locator('.scroller')
    .first()
    .evaluate((element) => Number(Reflect.get(element, 'scrollTop')));
  if (after - before < (SPEED * frames) / 60 / 2)
    throw new Error(`it went down by ${after - before} pixels only`);
  return times;
}
