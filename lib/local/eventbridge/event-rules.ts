import * as z from 'zod';
import type { Queues } from '../sqs/queues.ts';
import { StartError } from '../start-error.ts';
import type { Template } from '../template.ts';
import { compileFilters } from './filter-criteria.ts';

const RuleProperties = z.object({
  EventPattern: z.record(z.string(), z.unknown()),
  State: z.string().default('ENABLED'),
  Targets: z.array(z.object({ Arn: z.string() }).loose()),
});

/** The default event bus with the template's rules for events, whose targets are queues. */
export class EventRules {
  readonly #rules: { accepts: (event: unknown) => boolean; queues: readonly string[] }[];
  readonly #queues: Queues;

  constructor(template: Template, queues: Queues) {
    this.#queues = queues;
    this.#rules = template.ofType('AWS::Events::Rule').flatMap((resource) => {
      if (resource.properties.EventPattern === undefined) return [];
      const { EventPattern, State, Targets } = template.properties(resource, RuleProperties);
      if (State !== 'ENABLED') return [];
      const targets = Targets.map(({ Arn }) => Arn);
      if (targets.some((arn) => !queues.has(arn)))
        throw new StartError(`The local stack sends events to queues only (${resource.logicalId}).`);
      return {
        accepts: compileFilters([JSON.stringify(EventPattern)], resource.logicalId),
        queues: targets,
      };
    });
  }

  /** Sends an event to the queues of all rules that it matches. */
  put(event: object): void {
    for (const { accepts, queues } of this.#rules) {
      if (!accepts(event)) continue;
      for (const queue of queues) this.#queues.send(queue, JSON.stringify(event));
    }
  }
}
