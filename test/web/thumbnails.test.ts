import { expect, test } from 'vitest';
import { listedImage } from '../fixtures/listed-image.ts';
import { photo, photos } from '../fixtures/photos.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { drawn, openBatch, tiles } from '../support/browser/patient-page.ts';
import { newPatient } from '../support/people.ts';
import { createBatch, decided, upload, useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

const MINUTE_MS = 60_000;
const LIFETIME_SECONDS = 900;

test('A thumbnail that fails is fetched again, after longer and longer pauses, until it is shown', async () => {
  const patient = newPatient();
  const doctor = await service.as('doctor');
  const [id = ''] = await upload(doctor, await createBatch(doctor, patient), await photos(1));
  await decided(doctor, id);
  const page = await browsing.signedIn('staff', `/patients/${patient}`);
  const asked = { signed: 0, times: [] as number[] };
  await page.route('**/local/s3/**', (route) => {
    asked.signed += 1;
    return route.fulfill({ status: 503, body: '<Error><Code>SlowDown</Code></Error>' });
  });
  await page.route(`**/api/images/${id}/thumbnail`, (route) => {
    asked.times.push(Date.now());
    return asked.times.length < 3 ? route.fulfill({ status: 503, json: {} }) : route.continue();
  });
  await openBatch(page);
  await expect.poll(() => drawn(page), { timeout: 15_000 }).toBe(1);
  expect(asked.signed).toBe(1);
  const [first = 0, second = 0, third = 0] = asked.times;
  expect(second - first).toBeGreaterThanOrEqual(500);
  expect(third - second).toBeGreaterThanOrEqual(1000);
  expect(asked.times).toHaveLength(3);
});

test('On a page that is open for an hour no signed URL of a thumbnail is used after it has expired', async () => {
  const patient = newPatient();
  const batch = await createBatch(await service.as('doctor'), patient);
  const [sample] = (
    await (await service.as('doctor')).json('GET', `/api/images/batches?patient_id=${patient}`, 200)
  ).batches;
  expect(sample.id).toBe(batch);
  const page = await browsing.open('/');
  await page.clock.install();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Dana Doctor' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();

  // S3 and the list of a service whose time passes with that of the page.
  const startedAt = Date.now();
  let passedMs = 0;
  const seen = { lists: 0, answered: 0, used: 0, expired: 0 };
  page.on('requestfinished', (request) => {
    if (request.url().includes('/api/images?')) seen.answered += 1;
  });
  const { bytes } = await photo({ width: 300, height: 225 });
  await page.route('**/thumbnails/**', (route) => {
    const signedAt = Number(new URL(route.request().url()).searchParams.get('at'));
    const isExpired = startedAt + passedMs > signedAt + LIFETIME_SECONDS * 1000;
    seen.used += 1;
    if (isExpired) seen.expired += 1;
    return isExpired
      ? route.fulfill({ status: 403 })
      : route.fulfill({ body: Buffer.from(bytes), contentType: 'image/jpeg' });
  });
  await page.route('**/api/images?**', (route) => {
    seen.lists += 1;
    const signedAt = startedAt + passedMs;
    const date = new Date(signedAt).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const query = `at=${signedAt}&X-Amz-Date=${date}&X-Amz-Expires=${LIFETIME_SECONDS}`;
    const images = Array.from({ length: 90 }, (_value, index) => listedImage(batch, index, `?${query}`));
    return route.fulfill({ json: { images, next: null } });
  });
  await page.goto(`/patients/${patient}`);
  await openBatch(page);
  await expect.poll(() => drawn(page)).toBeGreaterThan(3);

  for (let minutes = 0; minutes < 60; minutes += 5) {
    // The time of the page must not go on before it has the last list: the timer for the next one begins then.
    await expect.poll(() => seen.answered).toBe(seen.lists);
    await page.evaluate('document.title');
    const before = seen.lists;
    passedMs += 5 * MINUTE_MS;
    // Each timer fires, as in a page that stays open, and not once as after sleep.
    await page.clock.runFor(5 * MINUTE_MS + 1000);
    if (minutes === 0) continue;
    // The list's timer starts when its response has arrived, which is not by the clock of the page.
    const goesOn = async () => {
      passedMs += 1000;
      await page.clock.runFor(1000);
      return seen.lists;
    };
    await expect.poll(goesOn).toBeGreaterThan(before);
  }
  // Thumbnails that were not on the screen before.
  await page
    .locator('.scroller')
    .evaluate((element) => Reflect.set(element, 'scrollTop', Reflect.get(element, 'scrollHeight')));
  await page.getByRole('button', { name: 'Show photo-89.jpeg' }).waitFor();
  const used = seen.used;
  await expect.poll(async () => (await drawn(page)) === (await tiles(page).count())).toBe(true);
  expect(used).toBeGreaterThan(0);
  expect(seen.expired).toBe(0);
}, 90_000);
