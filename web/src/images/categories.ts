import type { Category } from '../api/types.ts';

export { CATEGORY_LABELS } from '../../../lib/domain/images/category-labels.ts';

/** The categories, in the groups of the menu. */
export const CATEGORY_GROUPS: [name: string, categories: Category[]][] = [
  ['Anterior views', ['anterior', 'r_anterior', 'l_anterior']],
  ['Posterior views', ['posterior', 'r_posterior', 'l_posterior']],
  ['Foot measurements', ['r_mfoot_length', 'r_mfoot_width', 'l_mfoot_length', 'l_mfoot_width']],
  ['Casting', ['casts']],
  ['Lateral views', ['left_lat', 'right_lat']],
  ['Footwear and devices', ['r_shoe', 'l_shoe', 'afo', 'x_ray']],
  ['Clinical', ['cmo']],
  ['Documentation', ['last_design', 'shoe', 'podbox', 'pension_card', 'medicare_card']],
  ['Other', ['other']],
];
