import { expect, test } from 'vitest';
import { faultsOf } from '../support/browser/axe.ts';
import { useBrowser } from '../support/browser/browser.ts';
import { newPatient, PATIENT_1 } from '../support/people.ts';
import { createBatch, useService } from '../support/service.ts';

const service = useService();
const browsing = useBrowser(service);

/** What the page says in each language, with the birth date as its locale writes it. */
const TEXTS = {
  'de-DE': {
    language: 'Sprache',
    signIn: 'Anmelden',
    signOut: 'Abmelden',
    heading: 'Wessen Bilder?',
    search: 'In der Klinik suchen',
    role: 'Administration',
    patient: 'Patient',
    born: 'geboren 21.03.1970',
    sex: 'weiblich',
    correct: 'Korrigieren',
    newKey: 'Neuer Schlüssel',
    make: 'Schlüssel erstellen',
    name: 'Name',
    invalid: 'Die Angaben sind ungültig',
  },
  'fr-FR': {
    language: 'Langue',
    signIn: 'Se connecter',
    signOut: 'Se déconnecter',
    heading: 'Les images de qui ?',
    search: 'Rechercher dans la clinique',
    role: 'administration',
    patient: 'Patient',
    born: 'né(e) le 21 mars 1970',
    sex: 'féminin',
    correct: 'Corriger',
    newKey: 'Nouvelle clé',
    make: 'Créer la clé',
    name: 'Nom',
    invalid: 'Les données ne sont pas valides',
  },
  'es-ES': {
    language: 'Idioma',
    signIn: 'Iniciar sesión',
    signOut: 'Cerrar sesión',
    heading: '¿Las imágenes de quién?',
    search: 'Buscar en la clínica',
    role: 'administración',
    patient: 'Paciente',
    born: 'nacido/a el 21 mar 1970',
    sex: 'femenino',
    correct: 'Corregir',
    newKey: 'Clave nueva',
    make: 'Crear la clave',
    name: 'Nombre',
    invalid: 'Los datos no son válidos',
  },
} as const;

/** Signs an admin in, on a page of this locale. */
async function signedIn(locale: keyof typeof TEXTS, path: string) {
  const text = TEXTS[locale];
  const page = await browsing.open(path, { locale });
  await page.getByRole('button', { name: text.signIn }).waitFor();
  const faults = await faultsOf(page);
  await page.getByRole('button', { name: text.signIn }).click();
  await page.getByRole('link', { name: 'Alex Admin' }).click();
  await page.getByRole('button', { name: text.signOut }).waitFor();
  return { page, faults };
}

/** Registers somebody who was born on 21 March 1970. */
async function knownPatient(): Promise<string> {
  const patient = newPatient();
  const doctor = await service.as('doctor');
  await doctor.json('PUT', `/api/patients/${patient}`, 200, {
    name: { alphabetic: 'Sample^Sam' },
    birthDate: '1970-03-21',
    sex: 'F',
  });
  return patient;
}

test.each(Object.keys(TEXTS) as (keyof typeof TEXTS)[])(
  'In a browser of %s the page is in that language, until another one is chosen',
  async (locale) => {
    const text = TEXTS[locale];
    const patient = await knownPatient();
    const { page, faults } = await signedIn(locale, '/');
    expect(faults).toEqual([]);
    expect(await page.locator('html').getAttribute('lang')).toBe(locale.slice(0, 2));
    await page.getByRole('heading', { name: text.heading }).waitFor();
    expect(await page.locator('.top-bar-person').innerText()).toBe(`Alex Admin\n${text.role}`);
    expect(await faultsOf(page)).toEqual([]);

    await page.getByRole('combobox', { name: text.search }).fill(patient);
    await page.getByRole('option', { name: `${text.born} · ${patient}` }).click();
    const banner = page.locator('.patient-banner');
    await banner.getByText(`${text.born} (`).waitFor();
    await banner.getByText(text.sex).waitFor();
    await banner.getByText(`${text.patient} ${patient}`).waitFor();
    await banner.getByRole('button', { name: text.correct }).waitFor();
    expect(await faultsOf(page)).toEqual([]);

    await page.getByRole('combobox', { name: text.language }).selectOption('English');
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    await page.reload();
    await banner.getByText('born Mar 21, 1970').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await page.getByRole('combobox', { name: 'Language' }).inputValue()).toBe('en');
  },
);

test.each(Object.keys(TEXTS) as (keyof typeof TEXTS)[])(
  'What the service refuses is explained in the language of %s',
  async (locale) => {
    const text = TEXTS[locale];
    const { page } = await signedIn(locale, '/admin/keys');
    await page.getByRole('button', { name: text.newKey }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(text.name).fill('Nothing');
    await dialog.getByRole('button', { name: text.make }).click();
    await dialog.getByRole('alert').getByText(text.invalid).waitFor();
  },
);

test('The language can be chosen before sign-in', async () => {
  const page = await browsing.open('/');
  await page.getByRole('combobox', { name: 'Language' }).selectOption('Français');
  await page.getByRole('button', { name: 'Se connecter' }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('fr');
});

test("A patient reads the clinic's own words, and staff the page's", async () => {
  const listAs = async (person: string, ownPath: string) => {
    const page = await browsing.open('about:blank');
    await page.route('**/config.json', async (route) => {
      const config = await (await route.fetch()).json();
      // The second one is no message.
      const own = { 'batches.list': 'Your visits', 'batches.new': '{' };
      await route.fulfill({ json: { ...config, clinic: { ...config.clinic, patientTexts: { en: own } } } });
    });
    await browsing.signIn(page, person);
    await page.goto(ownPath);
    return page;
  };
  await createBatch(await service.as('doctor'));
  const own = await listAs('patient-1', '/');
  await own.getByRole('region', { name: 'Your visits' }).waitFor();
  const staff = await listAs('doctor', `/patients/${PATIENT_1}`);
  await staff.getByRole('region', { name: 'Batches' }).waitFor();
});
