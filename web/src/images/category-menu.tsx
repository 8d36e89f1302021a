import type { Category } from '../api/types.ts';
import { CATEGORY_GROUPS, CATEGORY_LABELS } from './categories.ts';

interface CategoryMenuProps {
  value: Category | '';
  label: string;
  /** What stands there while nothing is chosen. */
  empty?: string;
  onChange: (category: Category) => void;
}

/** The menu of categories: the browser's own, since a grid may hold hundreds of them. */
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

/** Made once: what is the same is not compared. */
const ALL = CATEGORY_GROUPS.map(([name, categories]) => (
  <optgroup key={name} label={name}>
    {categories.map((category) => (
      <option key={category} value={category}>
        {CATEGORY_LABELS[category]}
      </option>
    ))}
  </optgroup>
));
