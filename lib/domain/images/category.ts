import * as z from 'zod';
import { CATEGORY_LABELS } from './category-labels.ts';

export const Category = z.enum(Object.keys(CATEGORY_LABELS) as (keyof typeof CATEGORY_LABELS)[]);
export type Category = z.infer<typeof Category>;
