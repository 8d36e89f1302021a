import * as z from 'zod';
import { decide, statementsOfRole } from '../iam/iam.ts';
import type { Queues } from '../sqs/queues.ts';
import { StartError } from '../start-error.ts';
import type { Template } from '../template.ts';
import { compileFilters } from './filter-criteria.ts';

const PipeProperties = z.object({
  RoleArn: z.string(),
  Source: z.string(),
  SourceParameters: z.object({
    DynamoDBStreamParameters: z.object({ BatchSize: z.number().default(100) }),
    FilterCriteria: z
      .object({ Filters: z.array(z.object({ Pattern: z.string() })) })
      .default({ Filters: [] }),
  }),
  Target: z.string(),
  TargetParameters: z.object({ InputTemplate: z.string() }),
});

/** The template's pipes from a table's stream to a queue, in the form that `StreamConsumer` accepts. */
export function loadPipes(template: Template) {
  return template.ofType('AWS::Pipes::Pipe').map((resource) => {
    const { logicalId: id } = resource;
    const { RoleArn, Source, SourceParameters, Target, TargetParameters } = template.properties(
      resource,
      PipeProperties,
    );
    if (!Source.startsWith('arn:aws:dynamodb:') || !Target.startsWith('arn:aws:sqs:')) {
      throw new StartError(`The local stack has pipes from tables to queues only (${id}).`);
    }
    const statements = statementsOfRole(template, RoleArn);
    for (const access of [
      { action: 'dynamodb:GetRecords', resource: Source },
      { action: 'sqs:SendMessage', resource: Target },
    ]) {
      if (decide(statements, access) === 'allowed') continue;
      throw new StartError(`The role of the pipe ${id} does not allow ${access.action}.`);
    }
    return {
      id,
      arn: template.arn(resource),
      source: Source,
      batchSize: SourceParameters.DynamoDBStreamParameters.BatchSize,
      batchingWindowSeconds: 0,
      maxRetries: Number.POSITIVE_INFINITY,
      bisects: false,
      reportsItemFailures: false,
      accepts: compileFilters(
        SourceParameters.FilterCriteria.Filters.map(({ Pattern }) => Pattern),
        id,
      ),
      onFailureQueueArn: undefined,
      target: Target,
      inputTemplate: TargetParameters.InputTemplate,
    };
  });
}

/** Sends a message for each record. */
export function sendEach(pipe: { target: string; inputTemplate: string }, queues: Queues) {
  return async ({ Records }: { Records: unknown[] }) => {
    for (const record of Records) queues.send(pipe.target, fillIn(pipe.inputTemplate, record), 'pipe');
  };
}

/** Replaces each `<$.path>` with the JSON of its value (EventBridge user guide, "Pipes input transformation"). */
export function fillIn(inputTemplate: string, record: unknown): string {
  return inputTemplate.replaceAll(/<\$\.([\w.-]+)>/g, (_match, path: string) =>
    JSON.stringify(path.split('.').reduce(child, record) ?? ''),
  );
}

const child = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
