import { data } from 'dcmjs';

const { dictionary } = data.DicomMetaDictionary;

/** The name of an attribute as in PS3.6, such as `SOP Instance UID`; undefined for private ones. */
export function tagName(tag: string): string {
  const element = tag.slice(4);
  const repeating = /^(50|60)/.test(tag) ? `${tag.slice(0, 2)}00-${tag.slice(0, 2)}FF` : '';
  const entry = dictionary[tagText(tag)] ?? dictionary[`(${repeating},${element})`];
  return (
    (entry?.name ?? '')
      .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
      // Not within `IDs`.
      .replaceAll(/(?<=[A-Z])(?=[A-Z][a-z]\w)/g, ' ')
  );
}

/** Formats a tag as the standard does. */
export const tagText = (tag: string): string => `(${tag.slice(0, 4)},${tag.slice(4)})`;
