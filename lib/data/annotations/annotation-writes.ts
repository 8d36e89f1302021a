import { type Annotation, MOST_ANNOTATIONS } from '../../domain/annotations/annotation.ts';
import { type Condition, equals, updateIf } from '../dynamodb/condition-expression.ts';
import type { TransactItem } from '../dynamodb/transaction.ts';
import { updateOf } from '../dynamodb/update-expression.ts';
import { annotationCountKey, batchKey, imageKey, instanceKey, seriesKey, studyKey } from '../keys.ts';

/** The first and the last sort key with a prefix: ids and numbers are before the tilde. */
export const withPrefix = (prefix: string) => [prefix, `${prefix}~`] as const;

/** The write that counts one annotation more, unless there are too many, or one less. */
export function countWrite(annotation: Annotation, change: 1 | -1): TransactItem {
  const { instance } = annotation;
  return {
    Update: {
      Key: annotationCountKey(annotation),
      // The instance finds the number when the instance is erased.
      UpdateExpression: `ADD #count :change${instance === undefined ? '' : ' SET #instance = :instance'}`,
      ConditionExpression: 'attribute_not_exists(#count) OR #count < :most',
      ExpressionAttributeNames: {
        '#count': 'count',
        ...(instance !== undefined && { '#instance': 'instance' }),
      },
      ExpressionAttributeValues: {
        ':change': change,
        ':most': MOST_ANNOTATIONS + (change < 0 ? 1 : 0),
        ...(instance !== undefined && { ':instance': instance }),
      },
    },
  };
}

/**
 * The writes that fail if what is annotated was deleted meanwhile. They mark an image or batch, whose change the table's stream tells
 * open pages. Nothing is told of studies, so that these are only checked: every instance that arrives changes its study.
 */
export function placeWrites({ place, of, series, instance, changedAt }: Annotation): TransactItem[] {
  if (place === 'image')
    return [mark(imageKey(of), changedAt, equals('status', 'ready'), equals('deletedAt', undefined))];
  if (place === 'batch') return [mark(batchKey(of), changedAt, EXISTS, equals('deletedAt', undefined))];
  const isInstance = series !== undefined && instance !== undefined;
  return [studyKey(of), ...(isInstance ? [seriesKey(of, series), instanceKey(instance)] : [])].map((Key) => ({
    ConditionCheck: { Key, ConditionExpression: 'attribute_exists(pk) AND attribute_not_exists(deletionId)' },
  }));
}

const mark = (Key: { pk: string; sk: string }, annotatedAt: string, ...conditions: Condition[]) => ({
  Update: { Key, ...updateIf(conditions, updateOf({ annotatedAt })) },
});

const EXISTS: Condition = { expression: 'attribute_exists(pk)', names: {}, values: {} };
