import type { Category } from '../api/types.ts';
import { CATEGORY_GROUPS, CATEGORY_LABELS } from './categories.ts';

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
    onChange={(event) => onChange(event.target.value as Category)}
  >
    {empty && <option value="">{empty}</option>}
    {ALL}
  </select>
);

/** Created once, so that React does not compare the options again. */
const ALL = CATEGORY_GROUPS.map(([name, categories]) => (
  <optgroup key={name} label={name}>
    {categories.map((category) => (
      <option key={category} value={category}>
        {CATEGORY_LABELS[category]}
      </option>
    ))}
  </optgroup>
));
