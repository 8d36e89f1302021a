import { useMemo, useState } from 'react';
import { text } from '../messages/text.ts';
import { type Attribute, type Attributes, dayText, itemsOf, timeText, valueText } from './dicom-json.ts';
import { tagName, tagText } from './tag-names.ts';

interface Row {
  key: string;
  tag: string;
  name: string;
  value: string;
  /** The nesting depth in sequences. */
  depth: number;
}

/** The maximum number of listed items of a sequence; a multi-frame image has one for each frame. */
const MOST_ITEMS = 20;
const LONGEST_VALUE = 400;

/** Tags of patient, study and series that are outside their groups. All others belong to the instance. */
const STUDY =
  /^(0020000D|00200010|00080020|00080030|00080050|00080090|00081030|00081060|00080061|003210.{2})$/;
const SERIES =
  /^(0020000E|00200011|00080060|0008103E|00080021|00080031|00180015|00181030|0020006[02]|00200052)$/;
const LEVELS = ['patient', 'study', 'series', 'instance'] as const;
const levelOf = (tag: string): (typeof LEVELS)[number] =>
  tag.startsWith('0010') ? 'patient' : STUDY.test(tag) ? 'study' : SERIES.test(tag) ? 'series' : 'instance';

/** The attributes of a file, searchable by name, tag or value. */
export function MetadataTable({ attributes }: { attributes: Attributes }) {
  const [sought, setSought] = useState('');
  const levels = useMemo(
    () => LEVELS.map((level) => ({ level, rows: rowsOf(attributes, (tag) => levelOf(tag) === level) })),
    [attributes],
  );
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = ({ name, tag, value }: Row) => {
    const row = `${name} ${tag} ${tagText(tag)} ${value}`.toLowerCase();
    return words.every((word) => row.includes(word));
  };
  const found = levels
    .map(({ level, rows }) => ({ level, rows: rows.filter(matches) }))
    .filter(({ rows }) => rows.length > 0);
  return (
    <>
      <label className="metadata-search">
        <span className="hidden">{text('exams.search')}</span>
        <input
          type="search"
          value={sought}
          onChange={({ target }) => setSought(target.value)}
          placeholder={text('exams.search-hint')}
        />
      </label>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by keyboard, too */}
      <section className="metadata-rows" tabIndex={0} aria-label={text('exams.attributes')}>
        <table>
          <thead className="hidden">
            <tr>
              <th>{text('exams.attribute')}</th>
              <th>{text('exams.value')}</th>
            </tr>
          </thead>
          {found.map(({ level, rows }) => (
            <tbody key={level}>
              <tr>
                <th colSpan={2} scope="rowgroup">
                  {text(`metadata-level.${level}`)}
                </th>
              </tr>
              {rows.map(({ key, tag, name, value, depth }) => (
                <tr key={key}>
                  <td data-depth={Math.min(depth, 3)}>
                    {name || <i>{text('exams.private')}</i>}{' '}
                    <span className="quiet metadata-tag">{tagText(tag)}</span>
                  </td>
                  <td dir="auto">{value}</td>
                </tr>
              ))}
            </tbody>
          ))}
        </table>
        {found.length === 0 && <p className="quiet metadata-none">{text('exams.no-match')}</p>}
      </section>
    </>
  );
}

function rowsOf(attributes: Attributes, keep: (tag: string) => boolean, depth = 0, above = ''): Row[] {
  return Object.keys(attributes)
    .filter(keep)
    .sort()
    .flatMap((tag) => {
      const attribute = attributes[tag];
      if (!attribute) return [];
      const key = `${above}${tag}`;
      const row = { key, tag, name: tagName(tag), value: textFor(attribute), depth };
      if (attribute.vr !== 'SQ') return [row];
      return [
        row,
        ...itemsOf(attributes, tag)
          .slice(0, MOST_ITEMS)
          .flatMap((item, index) => rowsOf(item, () => true, depth + 1, `${key}.${index}.`)),
      ];
    });
}

function textFor({ vr, Value = [], BulkDataURI, InlineBinary }: Attribute): string {
  if (vr === 'SQ') {
    const count = Value.length;
    return count > MOST_ITEMS
      ? text('exams.items-listed', { count, listed: MOST_ITEMS })
      : text('exams.items', { count });
  }
  if (BulkDataURI || InlineBinary) return text('exams.binary');
  const texts = Value.map(valueText);
  const all = (vr === 'DA' ? texts.map(dayText) : vr === 'TM' ? texts.map(timeText) : texts).join(', ');
  return all.length > LONGEST_VALUE ? `${all.slice(0, LONGEST_VALUE)} …` : all;
}
