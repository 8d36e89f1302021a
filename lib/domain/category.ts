import * as z from 'zod';

/** What a photograph shows: the value in the API, and the clinic's own word for it in the order of its menus. */
export const CATEGORY_LABELS = {
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
} as const;

export const Category = z.enum(Object.keys(CATEGORY_LABELS) as (keyof typeof CATEGORY_LABELS)[]);
export type Category = z.infer<typeof Category>;
