import { defineOperation } from '../../../lib/api/operation.ts';
import { STOW } from '../../../lib/api/stow-operation.ts';

export const operation = defineOperation({
  id: 'store-instances',
  path: '/dicom-web/studies',
  summary: 'Store DICOM files (STOW-RS), at most 4.4 MB together, with a result for each',
  ...STOW,
});
