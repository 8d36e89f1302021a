import { IntlMessageFormat } from 'intl-messageformat';
import english from './en.json' with { type: 'json' };
import { LANGUAGE, LOCALE } from './language.ts';

/** The id of a message: the place where it is shown, a dot, and what it says. */
export type MessageId = keyof typeof english;
/** What the messages of a place say. */
export type MessageOf<Place extends string, Id = MessageId> = Id extends `${Place}.${infer Name}`
  ? Name
  : never;
type Catalogue = Readonly<Record<MessageId, string>>;
type Value = string | number | boolean | Date | null | undefined;

const LOADERS: Readonly<Record<string, () => Promise<{ default: Catalogue }>>> = {
  de: () => import('./de.json'),
  fr: () => import('./fr.json'),
  es: () => import('./es.json'),
};

/** English if the others cannot be loaded: an empty page would be worse. */
const loaded = await LOADERS[LANGUAGE]?.().catch(() => undefined);
const messages: Catalogue = loaded?.default ?? english;
const formats = new Map<MessageId, IntlMessageFormat>();

/** The parsed message, in the page's language. */
export function formatOf(id: MessageId): IntlMessageFormat {
  const known = formats.get(id);
  if (known) return known;
  const format = new IntlMessageFormat(messages[id], LOCALE);
  formats.set(id, format);
  return format;
}

/**
 * Formats a message of the catalogue in the page's language (ICU MessageFormat).
 *
 * @throws Error if the message needs a value that is not given
 */
export const text = (id: MessageId, values: Readonly<Record<string, Value>> = {}): string =>
  String(formatOf(id).format(values));

/** Replaces messages by the clinic's own, for what is drawn from now on. One that is no message is left out. */
export function setOwnTexts(texts: Readonly<Record<string, string>>): void {
  for (const [id, message] of Object.entries(texts)) {
    try {
      formats.set(id as MessageId, new IntlMessageFormat(message, LOCALE));
    } catch {
      // The page's own text is better than none.
    }
  }
}
