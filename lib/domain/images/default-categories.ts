/** What a photograph may show: the API value and the label, in the groups and the order of the menu. */
export const DEFAULT_CATEGORIES: { group: string; categories: Record<string, string> }[] = [
  {
    group: 'Anterior views',
    categories: { anterior: 'Anterior', r_anterior: 'R-Anterior', l_anterior: 'L-Anterior' },
  },
  {
    group: 'Posterior views',
    categories: { posterior: 'Posterior', r_posterior: 'R-Posterior', l_posterior: 'L-Posterior' },
  },
  {
    group: 'Foot measurements',
    categories: {
      r_mfoot_length: 'R-MFoot Length',
      r_mfoot_width: 'R-MFoot Width',
      l_mfoot_length: 'L-MFoot Length',
      l_mfoot_width: 'L-MFoot Width',
    },
  },
  { group: 'Casting', categories: { casts: 'Casts' } },
  { group: 'Lateral views', categories: { left_lat: 'Left Lat', right_lat: 'Right Lat' } },
  {
    group: 'Footwear and devices',
    categories: { r_shoe: 'R-Shoe', l_shoe: 'L-Shoe', afo: 'AFO', x_ray: 'X-Ray' },
  },
  { group: 'Clinical', categories: { cmo: 'CMO' } },
  {
    group: 'Documentation',
    categories: {
      last_design: 'Last Design',
      shoe: 'Shoe',
      podbox: 'PodBox',
      pension_card: 'Pension Card',
      medicare_card: 'Medicare Card',
    },
  },
  { group: 'Other', categories: { other: 'Other' } },
];
