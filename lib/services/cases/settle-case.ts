import type { Cases } from '../../data/cases.ts';
import type { ImageMoves } from '../../data/images/image-moves.ts';
import type { Case } from '../../domain/cases/case.ts';

export interface SettleCaseDeps {
  cases: Pick<Cases, 'markSettled'>;
  imageMoves: Pick<ImageMoves, 'moveAllInCase'>;
}

/**
 * Moves the images of a case to the patient to whom the case was moved. As with `settleBatch`, both the request and the
 * table's stream do this.
 */
export async function settleCase(known: Case, { cases, imageMoves }: SettleCaseDeps): Promise<void> {
  await imageMoves.moveAllInCase(known);
  await cases.markSettled(known);
}
