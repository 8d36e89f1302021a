import type { Category } from '../api/types.ts';

/** The menu of categories: the groups and the words that clinics know them by. The compiler finds one that is missing. */
export const CATEGORY_LABELS: Record<Category, string> = {
  anterior: 'Anterior',
  r_anterior: 'R-Anterior',
  l_anterior: 'L-Anterior',
  posterior: 'Posterior',
  r_posterior: 'R-Posterior',
  l_posterior: 'L-Posterior',
  r_mfoot_length: 'R-MFoot Length',
  r_mfoot_width: 'R-MFoot Width',
  l_mfoot_length: 'L-MFoot Length',
  l_mfoot_width: 'L-MFoot Width',
  casts: 'Casts',
  left_lat: 'Left Lat',
  right_lat: 'Right Lat',
  r_shoe: 'R-Shoe',
  l_shoe: 'L-Shoe',
  afo: 'AFO',
  x_ray: 'X-Ray',
  cmo: 'CMO',
  last_design: 'Last Design',
  shoe: 'Shoe',
  podbox: 'PodBox',
  pension_card: 'Pension Card',
  medicare_card: 'Medicare Card',
  other: 'Other',
};

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
