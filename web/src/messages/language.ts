import type { Language } from '../../../lib/domain/clinic.ts';

/** The languages of the page by their tags, each by its own name. */
export const LANGUAGES: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
};

/** The key in the browser's storage. */
const STORAGE_KEY = 'negatoscope.language';

const isLanguage = (tag: string | null | undefined): tag is Language => tag != null && tag in LANGUAGES;
const languageOf = (locale: string) => locale.split('-')[0]?.toLowerCase();

/** The first of a browser's preferred locales that the page has, or English. */
export const preferredLocale = (locales: readonly string[]): string =>
  locales.find((locale) => isLanguage(languageOf(locale))) ?? 'en';

/** Tests of single modules run without one. */
const isBrowser = 'document' in globalThis;
const chosen = isBrowser ? localStorage.getItem(STORAGE_KEY) : undefined;
const preferred = preferredLocale(isBrowser ? navigator.languages : []);

/** The language of all texts, until the page is loaded again. */
export const LANGUAGE: Language = isLanguage(chosen) ? chosen : (languageOf(preferred) as Language);

/** The locale of dates, numbers and sorting: the browser's one, if it is of the same language, such as `en-GB`. */
export const LOCALE: string = languageOf(preferred) === LANGUAGE ? preferred : LANGUAGE;

/** Keeps the choice of a person for the next loading of the page. */
export const keepLanguage = (language: Language): void => localStorage.setItem(STORAGE_KEY, language);
