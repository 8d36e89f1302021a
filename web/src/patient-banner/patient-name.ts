import type { Identity } from '../api/types.ts';

type Name = NonNullable<Identity['name']>;

/** `Yamada^Tarou^^Dr.` as `Yamada, Dr. Tarou`: family name, prefix, given and middle name, suffix (PS3.5 6.2.1.1). */
function groupText(group: string): string {
  const [family = '', given = '', middle = '', prefix = '', suffix = ''] = group.split('^');
  const others = [prefix, given, middle, suffix].filter(Boolean).join(' ');
  return [family, others].filter(Boolean).join(', ');
}

/** The name of a patient as in a list, with its other scripts behind it; undefined if the directory has none. */
export function nameText(name: Name | null | undefined): string | undefined {
  const { alphabetic, ideographic, phonetic } = name ?? {};
  const [first, ...others] = [alphabetic, ideographic, phonetic].flatMap((group) =>
    group ? [groupText(group)] : [],
  );
  return first === undefined ? undefined : [first, ...others.slice(0, 1)].join(' · ');
}

/** Full years since a birth date, by the day here. */
export function ageAt(birthDate: string, now: Date): number {
  const [year = 0, month = 1, day = 1] = birthDate.split('-').map(Number);
  const hadBirthday = now.getMonth() + 1 > month || (now.getMonth() + 1 === month && now.getDate() >= day);
  return now.getFullYear() - year - (hadBirthday ? 0 : 1);
}
