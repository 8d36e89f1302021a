import type { ReactNode } from 'react';
import type { Category } from '../api/types.ts';
import { isListed, shownGroups } from './categories.ts';

interface CategoryMenuProps {
  value: Category | '';
  label: string;
  /** The text while nothing is selected. */
  empty?: string;
  onChange: (category: Category) => void;
}

/** The category menu: a native select, because a grid may contain hundreds of them. */
export const CategoryMenu = ({ value, label, empty, onChange }: CategoryMenuProps) => (
  <select
    className="category-menu"
    aria-label={label}
    value={value}
    onChange={(event) => onChange(event.target.value)}
  >
    {empty && <option value="">{empty}</option>}
    {value && !isListed(value) && <option value={value}>{value}</option>}
    {groupedOptions()}
  </select>
);

/** Created once, so that React does not compare the options again. */
let options: ReactNode;

function groupedOptions(): ReactNode {
  options ??= shownGroups().map(({ group, categories }) => (
    <optgroup key={group} label={group}>
      {categories.map(([category, name]) => (
        <option key={category} value={category}>
          {name}
        </option>
      ))}
    </optgroup>
  ));
  return options;
}
