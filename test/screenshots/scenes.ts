import type { Page } from 'playwright-core';
import * as z from 'zod';
import { found, openPatient, searchField } from '../support/browser/find.ts';
import { type Clinic, Images, PRIOR_STUDY, STUDY } from './clinic.ts';
import { draw } from './drawings.ts';

/** One screen, and the steps that lead to it. */
export interface Scene {
  name: string;
  /** Absent if nobody is signed in. */
  person?: string;
  path: string;
  /** The actions before the picture is taken. */
  act?: (page: Page, clinic: Clinic) => Promise<unknown>;
  /** The element that must be visible at the end. */
  shows: (page: Page) => Promise<unknown>;
  /** Also as printed. */
  isPaper?: boolean;
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const openVisit = (page: Page) => button(page, /^6 Nov 2025/).click();
const select = async (page: Page, names: readonly string[]) => {
  for (const name of names) await page.getByLabel(`Select ${name}`).check();
};
const PAIR = ['standing-posterior.jpg', 'posterior-with-insoles.jpg'];
/** Two images that are compared. */
const comparePair = async (page: Page) => {
  await openVisit(page);
  await select(page, PAIR);
  await button(page, 'Compare').click();
  await shownPair(page);
};
const shownPair = async (page: Page) => {
  for (const side of [0, 1]) await page.locator('.compare-frame > img').nth(side).waitFor();
};
const shownPicture = (page: Page) => page.locator('.viewer-stage > img').first().waitFor();

/** What is drawn over a picture, by parts of the stage. */
const DRAWN = [
  ['Arrow', [0.3, 0.2], [0.42, 0.4]],
  ['Length', [0.4, 0.7], [0.6, 0.7]],
] as const;
async function dragOver(page: Page, from: readonly [number, number], to: readonly [number, number]) {
  const box = await page.locator('.viewer-stage').boundingBox();
  if (!box) throw new Error('expected a stage');
  await page.mouse.move(box.x + from[0] * box.width, box.y + from[1] * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + to[0] * box.width, box.y + to[1] * box.height, { steps: 4 });
  await page.mouse.up();
}

/** Every screen of the page, in the order of a demonstration. */
export const SCENES: readonly Scene[] = [
  { name: 'sign-in', path: '/', shows: (page) => button(page, 'Sign in').waitFor() },
  {
    name: 'home',
    person: 'doctor',
    path: '/',
    shows: (page) =>
      page
        .getByRole('link', { name: /Patient, Paula/ })
        .first()
        .waitFor(),
  },
  {
    name: 'home-search',
    person: 'staff',
    path: '/',
    act: (page) => searchField(page).fill('ga'),
    shows: (page) => found(page).nth(1).waitFor(),
  },
  {
    name: 'home-nothing-found',
    person: 'staff',
    path: '/',
    act: (page) => searchField(page).fill('P-1OO1'),
    shows: (page) => page.getByText('Nobody and nothing is found by').waitFor(),
  },
  {
    name: 'patient-new',
    person: 'staff',
    path: '/patients/P-1099',
    shows: (page) => page.getByText('This number is new.').waitFor(),
  },
  {
    name: 'patient',
    person: 'doctor',
    path: '/patients/P-1001',
    act: async (page) => {
      await openVisit(page);
      await select(page, PAIR);
      await button(page, 'Show xray-right.jpg').click();
      await page
        .locator('.scroller')
        .first()
        .evaluate((list) => Reflect.get(list, 'scrollTo').call(list, 0, 0));
    },
    shows: shownPicture,
  },
  {
    name: 'patient-of-their-own',
    person: 'patient-1',
    path: '/',
    act: openVisit,
    shows: (page) => button(page, 'Show soles.jpg').waitFor(),
  },
  {
    name: 'patient-empty',
    person: 'staff',
    path: '/patients/P-1002',
    shows: (page) => page.getByText('No images yet').waitFor(),
  },
  {
    name: 'batch-empty',
    person: 'staff',
    path: '/patients/P-1003',
    act: openVisit,
    shows: (page) => page.getByText('No images in this batch yet').waitFor(),
  },
  {
    name: 'new-batch',
    person: 'staff',
    path: '/patients/P-1003',
    act: (page) => button(page, 'New batch').click(),
    shows: (page) => page.getByRole('dialog').waitFor(),
  },
  {
    name: 'uploads',
    person: 'staff',
    path: '/patients/P-1003',
    act: uploadSlowly,
    shows: (page) =>
      page
        .getByText(/Not an image that is taken/)
        .first()
        .waitFor(),
  },
  {
    name: 'search',
    person: 'doctor',
    path: '/patients/P-1001',
    act: async (page) => {
      await button(page, 'Search images').click();
      await page.getByRole('searchbox').fill('insoles');
      await button(page, /^Show posterior-with-insoles/).click();
    },
    shows: shownPicture,
  },
  {
    name: 'compare',
    person: 'doctor',
    path: '/patients/P-1001',
    act: comparePair,
    shows: shownPair,
  },
  {
    name: 'compare-choice',
    person: 'doctor',
    path: '/patients/P-1001',
    act: async (page) => {
      await openVisit(page);
      await select(page, ['soles.jpg']);
      await button(page, 'Compare').click();
    },
    shows: (page) =>
      page
        .getByRole('dialog')
        .getByRole('button', { name: /soles-2024/ })
        .waitFor(),
  },
  {
    name: 'compare-slider',
    person: 'doctor',
    path: '/patients/P-1001',
    act: async (page) => {
      await comparePair(page);
      await button(page, 'Slider').click();
    },
    shows: shownPair,
  },
  {
    name: 'compare-overlay',
    person: 'doctor',
    path: '/patients/P-1001',
    act: async (page) => {
      await comparePair(page);
      await button(page, 'Overlay').click();
    },
    shows: shownPair,
  },
  {
    name: 'compare-align',
    person: 'doctor',
    path: '/patients/P-1001',
    act: async (page) => {
      await comparePair(page);
      await button(page, 'Align by two points').click();
    },
    shows: (page) =>
      button(page, /^Point 2/)
        .last()
        .waitFor(),
  },
  {
    name: 'compare-print',
    person: 'doctor',
    path: '/patients/P-1001',
    act: async (page) => {
      await comparePair(page);
      await button(page, 'Print the comparison').click();
    },
    shows: (page) => page.locator('.print-sheet').waitFor({ state: 'attached' }),
    isPaper: true,
  },
  {
    name: 'study',
    person: 'doctor',
    path: `/studies/${STUDY}`,
    shows: (page) => page.locator('[data-shown]').waitFor(),
  },
  {
    name: 'study-and-prior',
    person: 'doctor',
    path: `/studies/${STUDY}?beside=${PRIOR_STUDY}.1`,
    shows: async (page) => {
      for (const side of [0, 1]) await page.locator('[data-shown]').nth(side).waitFor();
    },
  },
  {
    name: 'annotations',
    person: 'doctor',
    path: '/patients/P-1001',
    act: async (page) => {
      await openVisit(page);
      await button(page, 'Show soles.jpg').click();
      await shownPicture(page);
      await button(page, /^Annotate/).click();
      for (const [name, from, to] of DRAWN) {
        await page.getByRole('toolbar', { name: 'What to draw' }).getByRole('button', { name }).click();
        await page.getByRole('application').waitFor();
        await dragOver(page, from, to);
        await page.locator(`.annotation-overlay [data-kind=${name.toLowerCase()}]`).waitFor();
      }
    },
    shows: (page) => page.getByRole('list', { name: 'Annotations' }).waitFor(),
  },
  {
    name: 'print',
    person: 'doctor',
    path: '/patients/P-1001',
    act: async (page) => {
      await openVisit(page);
      await select(page, [...PAIR, 'soles.jpg', 'xray-right.jpg']);
      await button(page, 'Print').click();
      await page.getByRole('dialog').getByRole('button', { name: 'Print' }).click();
    },
    shows: (page) => page.locator('.print-sheet').waitFor({ state: 'attached' }),
    isPaper: true,
  },
  {
    name: 'delete-image',
    person: 'doctor',
    path: '/patients/P-1001',
    act: async (page) => {
      await openVisit(page);
      await button(page, 'Show soles.jpg').click();
      await shownPicture(page);
      await button(page, 'Delete image').click();
    },
    shows: (page) => page.getByRole('alertdialog').waitFor(),
  },
  {
    name: 'images-5000',
    person: 'doctor',
    path: '/patients/P-1001',
    act: async (page, clinic) => {
      await showThousands(page, clinic);
      await openVisit(page);
    },
    shows: (page) => button(page, 'Show photo-0001.jpg').waitFor(),
  },
  {
    name: 'selection',
    person: 'doctor',
    path: '/patients/P-1001',
    act: async (page) => {
      await openVisit(page);
      await button(page, 'Show soles.jpg').waitFor();
      await page.keyboard.press('Control+a');
      await page.getByLabel('Category of soles.jpg').waitFor();
      await page.getByLabel('Category of soles.jpg').selectOption('casts');
      await button(page, 'Undo').waitFor();
    },
    shows: (page) => page.getByRole('toolbar', { name: 'Selection' }).waitFor(),
  },
  {
    name: 'move-image',
    person: 'doctor',
    path: '/patients/P-1001',
    act: async (page) => {
      await openVisit(page);
      await select(page, PAIR);
      await page.getByRole('button', { name: 'Move to another patient', exact: true }).click();
      await page.getByLabel('To which patient?').fill('P-1002');
      await page.getByLabel('Into').waitFor();
    },
    shows: (page) => page.getByRole('dialog').waitFor(),
  },
  {
    name: 'camera',
    person: 'staff',
    path: '/patients/P-1003',
    act: async (page) => {
      await openVisit(page);
      // On a computer without a touch screen the button is not shown.
      await page.locator('.drop-camera').evaluate((element) => Reflect.get(element, 'click').call(element));
    },
    shows: (page) => page.getByRole('dialog').waitFor(),
  },
  {
    name: 'gallery',
    person: 'doctor',
    path: '/patients/P-1001',
    act: async (page) => {
      await page.getByLabel('View', { exact: true }).selectOption('visit');
      await select(page, PAIR);
    },
    shows: (page) => button(page, 'Show soles.jpg').waitFor(),
  },
  {
    name: 'trash',
    person: 'doctor',
    path: '/patients/P-1004/trash',
    act: async (page, { ask }) => {
      const { batches } = Batches.parse(await ask('doctor', 'GET', '/api/images/batches?patient_id=P-1004'));
      for (const { id } of batches) await ask('doctor', 'DELETE', `/api/images/batches/${id}`);
      await page.reload();
      await button(page, /^Restore/)
        .first()
        .waitFor();
      // As for other pictures that are taken in this run.
      for (const { id } of batches) await ask('doctor', 'POST', `/api/images/batches/${id}/restore`);
    },
    shows: (page) =>
      button(page, /^Restore/)
        .first()
        .waitFor(),
  },
  {
    name: 'trash-empty',
    person: 'doctor',
    path: '/patients/P-1002/trash',
    shows: (page) => page.getByText('The trash is empty').waitFor(),
  },
  {
    name: 'long-names',
    person: 'doctor',
    path: '/patients/P-1004',
    act: async (page) => {
      await button(page, /^Orthotics-review/).click();
      await button(page, /^Show standing-posterior-view/).click();
    },
    shows: shownPicture,
  },
  {
    name: 'long-names-delete',
    person: 'doctor',
    path: '/patients/P-1004',
    act: (page) => button(page, /^Delete Orthotics-review/).click(),
    shows: (page) => page.getByRole('alertdialog').waitFor(),
  },
  {
    name: 'case',
    person: 'doctor',
    path: '/cases/C-77',
    act: (page) => button(page, 'Show fundus-left.jpg').click(),
    shows: shownPicture,
  },
  {
    name: 'case-new',
    person: 'staff',
    path: '/cases/C-78',
    shows: (page) => page.getByText('No images in this case yet').waitFor(),
  },
  {
    name: 'cases',
    person: 'patient-1',
    path: '/cases',
    shows: (page) => page.getByRole('link', { name: /^C-77/ }).waitFor(),
  },
  {
    name: 'audit-log',
    person: 'admin',
    path: '/admin/audit',
    shows: (page) => page.getByRole('table').waitFor(),
  },
  {
    name: 'audit-log-of-a-patient',
    person: 'admin',
    path: '/admin/audit?patient_id=P-1001',
    shows: (page) => page.getByRole('table').waitFor(),
  },
  {
    name: 'status',
    person: 'admin',
    path: '/admin/status',
    shows: (page) => page.getByRole('cell', { name: 'make-thumbnail' }).waitFor(),
  },
  {
    name: 'people',
    person: 'admin',
    path: '/admin/people',
    shows: (page) => page.getByRole('button', { name: /^Add/ }).waitFor(),
  },
  {
    name: 'shortcuts',
    person: 'doctor',
    path: '/patients/P-1001',
    act: async (page) => {
      await openVisit(page);
      await button(page, 'Show soles.jpg').click();
      await shownPicture(page);
      await page.keyboard.press('?');
    },
    shows: (page) => page.getByRole('dialog').waitFor(),
  },
  {
    name: 'keys',
    person: 'admin',
    path: '/admin/keys',
    shows: (page) => page.getByText('Pharmacy').waitFor(),
  },
  {
    name: 'new-key',
    person: 'admin',
    path: '/admin/keys',
    act: (page) => button(page, 'New key').click(),
    shows: (page) => page.getByRole('dialog').waitFor(),
  },
  {
    name: 'new-key-made',
    person: 'admin',
    path: '/admin/keys',
    act: async (page) => {
      // No key in a picture, not even of a deleted service.
      await page.route('**/api/v2/keys', async (route) => {
        if (route.request().method() !== 'POST') return route.fallback();
        const response = await route.fetch();
        return route.fulfill({ response, json: { ...(await response.json()), key: SAMPLE_KEY } });
      });
      await button(page, 'New key').click();
      await page.getByLabel('Name').fill('Delivery service');
      await page.getByLabel('Read deliveries').check();
      await button(page, 'Make key').click();
    },
    shows: (page) => page.getByText('Copy it now').waitFor(),
  },
  {
    name: 'revoke-key',
    person: 'admin',
    path: '/admin/keys',
    act: (page) => button(page, 'Revoke Pharmacy').click(),
    shows: (page) => page.getByRole('alertdialog').waitFor(),
  },
  {
    name: 'not-found',
    person: 'staff',
    path: '/nothing-of-the-kind',
    shows: (page) => page.getByText('There is no such page').waitFor(),
  },
  {
    name: 'error',
    person: 'doctor',
    path: '/',
    act: async (page) => {
      await page.route('**/api/images/batches?**', (route) =>
        route.fulfill({
          status: 503,
          json: { statusCode: 503, message: 'The service is busy; try again.', error: 'Service Unavailable' },
        }),
      );
      await openPatient(page, 'P-1001');
    },
    shows: (page) => page.getByText('The batches cannot be shown').waitFor(),
  },
];

const Batches = z.object({ batches: z.array(z.object({ id: z.string() })) });

const SAMPLE_KEY = `ng_00000000-0000-7000-8000-000000000000_${'sample-'.repeat(6)}x`;

/** Some files that are being uploaded: some never arrive before the picture, and two are invalid. */
async function uploadSlowly(page: Page) {
  await openVisit(page);
  let sent = 0;
  await page.route('**/local/s3/**', async (route) => {
    sent += route.request().method() === 'PUT' ? 1 : 0;
    if (sent <= 2) await route.continue();
  });
  const photo = async (seed: number) => ({
    name: `photo-${seed}.jpg`,
    mimeType: 'image/jpeg',
    buffer: await draw('sole', seed),
  });
  await page
    .getByLabel('Images to upload')
    .setInputFiles([
      ...(await Promise.all([41, 42, 43, 44, 45, 46, 47].map(photo))),
      { name: 'letter.docx', mimeType: 'application/msword', buffer: Buffer.from('no image at all') },
    ]);
  await page.getByText(/^2 of 7 files stored/).waitFor();
}

/** A list of 5,000 images, which the pipeline would need minutes to make, with the thumbnails of a few. */
async function showThousands(page: Page, { ask, batches }: Clinic) {
  const { images } = Images.parse(await ask('doctor', 'GET', `/api/images?batch_id=${batches.visit}`));
  await page.route('**/api/images?**', (route) => {
    const start = Number(new URL(route.request().url()).searchParams.get('cursor') ?? 0);
    const listed = Array.from({ length: 100 }, (_value, index) => {
      const number = String(start + index + 1).padStart(4, '0');
      return {
        ...images[(start + index) % images.length],
        id: `00000000-0000-7000-8000-00000000${number}`,
        original_name: `photo-${number}.jpg`,
        caption: '',
      };
    });
    const next = start + 100 < 5000 ? String(start + 100) : null;
    return route.fulfill({ json: { images: listed, next } });
  });
  await page.route('**/api/images/batches?**', async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    const visit = body.batches.find(({ id }: { id: string }) => id === batches.visit);
    const made = { image_count: 5000, created_at: '2025-11-06T09:30:00.000Z' };
    return route.fulfill({ response, json: { ...body, batches: [{ ...visit, ...made }] } });
  });
  await page.reload();
}
