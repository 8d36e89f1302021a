import { StudyUid } from '../domain/dicom/uids.ts';
import { Id } from '../domain/identifiers.ts';
import { PageQuery } from './query.ts';

/** The parameters of the paths of annotations. Each path has one of them, by whose name the function knows what is annotated. */
export const AnnotatedParams = { id: Id.optional(), batch: Id.optional(), study: StudyUid.optional() };

/** How many annotations are in one part of a list: see `MOST_POINTS`. */
export const AnnotationLimit = PageQuery.limit.unwrap().max(100).default(100).describe('How many at most.');
