import { useMemo, useState } from 'react';
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
const LEVELS = ['Patient', 'Study', 'Series', 'Instance'] as const;
const levelOf = (tag: string): (typeof LEVELS)[number] =>
  tag.startsWith('0010') ? 'Patient' : STUDY.test(tag) ? 'Study' : SERIES.test(tag) ? 'Series' : 'Instance';

/** The attributes of a file, searchable by name, tag or value. */
export function MetadataTable({ attributes }: { attributes: Attributes }) {
  const [sought, setSought] = useState('');
  const levels = useMemo(
    () => LEVELS.map((level) => ({ level, rows: rowsOf(attributes, (tag) => levelOf(tag) === level) })),
    [attributes],
  );
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = ({ name, tag, value }: Row) => {
    const text = `${name} ${tag} ${tagText(tag)} ${value}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const found = levels
    .map(({ level, rows }) => ({ level, rows: rows.filter(matches) }))
    .filter(({ rows }) => rows.length > 0);
  return (
    <>
      <label className="metadata-search">
        <span className="hidden">Search the metadata</span>
        <input
          type="search"
          value={sought}
          onChange={({ target }) => setSought(target.value)}
          placeholder="Name, tag or value"
        />
      </label>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by keyboard, too */}
      <section className="metadata-rows" tabIndex={0} aria-label="Attributes">
        <table>
          <thead className="hidden">
            <tr>
              <th>Attribute</th>
              <th>Value</th>
            </tr>
          </thead>
          {found.map(({ level, rows }) => (
            <tbody key={level}>
              <tr>
                <th colSpan={2} scope="rowgroup">
                  {level}
                </th>
              </tr>
              {rows.map(({ key, tag, name, value, depth }) => (
                <tr key={key}>
                  <td data-depth={Math.min(depth, 3)}>
                    {name || <i>Private</i>} <span className="quiet metadata-tag">{tagText(tag)}</span>
                  </td>
                  <td dir="auto">{value}</td>
                </tr>
              ))}
            </tbody>
          ))}
        </table>
        {found.length === 0 && <p className="quiet metadata-none">Nothing matches.</p>}
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
    const more = Value.length > MOST_ITEMS ? `, of which ${MOST_ITEMS} are listed` : '';
    return `${Value.length === 1 ? '1 item' : `${Value.length} items`}${more}`;
  }
  if (BulkDataURI || InlineBinary) return 'binary';
  const texts = Value.map(valueText);
  const text = (vr === 'DA' ? texts.map(dayText) : vr === 'TM' ? texts.map(timeText) : texts).join(', ');
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)} …` : text;
}
