import { Annotation } from '../../domain/annotations/annotation.ts';
import { type Page, type PageRequest, queryAll, queryPage } from '../dynamodb/page.ts';
import type { Table } from '../dynamodb/table.ts';
import { annotationKey, annotationsOf, CURRENT_ANNOTATION } from '../keys.ts';
import { withPrefix } from './annotation-writes.ts';

/** The annotations of images, batches and studies as they are now, in the order in which they were made. Damaged ones are left out. */
export class AnnotationList {
  readonly #table: Table;

  constructor(table: Table) {
    this.#table = table;
  }

  /** Lists one page. */
  list(of: string, page: PageRequest): Promise<Page<Annotation>> {
    return queryPage(this.#table, currentOnes(of), page);
  }

  /** Yields all of them. */
  allOf(of: string): AsyncGenerator<Annotation> {
    return queryAll(this.#table, { ...currentOnes(of), leavesOutDamaged: true });
  }
}

const currentOnes = (of: string) => ({
  index: 'table' as const,
  partition: annotationsOf(of),
  between: withPrefix(CURRENT_ANNOTATION),
  schema: Annotation,
  keyOf: (id: string) => annotationKey({ of, id }),
});
