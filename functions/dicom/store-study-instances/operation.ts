import * as z from 'zod';
import { defineOperation } from '../../../lib/api/operation.ts';
import { STOW } from '../../../lib/api/stow-operation.ts';
import { StudyUid } from '../../../lib/domain/dicom/uids.ts';

export const operation = defineOperation({
  id: 'store-study-instances',
  path: '/dicom-web/studies/{study}',
  summary: 'Store DICOM files of one study (STOW-RS); those of others are refused',
  params: z.strictObject({ study: StudyUid }),
  ...STOW,
});
