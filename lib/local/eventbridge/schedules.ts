import * as z from 'zod';
import { Clock } from '../clock.ts';
import type { LambdaFunction } from '../lambda/lambda.ts';
import { StartError } from '../start-error.ts';
import { accountId, region, type Template } from '../template.ts';

const RuleProperties = z.object({
  ScheduleExpression: z.string(),
  State: z.string().default('ENABLED'),
  Targets: z.array(z.object({ Arn: z.string() }).loose()).default([]),
});
const unitMs: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Invokes functions at the rate of the template's rules (`rate(1 minute)`). */
export class Schedules {
  readonly #calls: { everyMs: number; functionId: () => string; call: () => Promise<unknown> }[];
  readonly #timers: NodeJS.Timeout[];

  constructor(
    template: Template,
    lambdaByArn: (arn: string) => LambdaFunction,
    log: (line: string) => void,
    clock = new Clock(),
  ) {
    this.#calls = template.ofType('AWS::Events::Rule').flatMap((resource) => {
      // A rule for events: see `EventRules`.
      if (resource.properties.ScheduleExpression === undefined) return [];
      const { ScheduleExpression, State, Targets } = template.properties(resource, RuleProperties);
      if (State !== 'ENABLED') return [];
      const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(ScheduleExpression) ?? [];
      if (count === undefined) {
        throw new StartError(
          `The local stack cannot follow the schedule ${ScheduleExpression} (${resource.logicalId}).`,
        );
      }
      const everyMs = Number(count) * (unitMs[unit] ?? Number.NaN);
      return Targets.map(({ Arn }) => ({
        everyMs,
        functionId: () => lambdaByArn(Arn).definition.id,
        call: () =>
          lambdaByArn(Arn)
            .invoke(scheduledEvent(template.arn(resource), new Date(clock.now())))
            .catch((error) => log(`${resource.logicalId}: ${error}`)),
      }));
    });
    this.#timers = this.#calls.map(({ everyMs, call }) => setInterval(call, everyMs).unref());
  }

  /** Invokes each scheduled function, or only this one, once and immediately. */
  async tick(functionId?: string): Promise<void> {
    const due = this.#calls.filter((each) => functionId === undefined || each.functionId() === functionId);
    await Promise.all(due.map(({ call }) => call()));
  }

  close() {
    for (const timer of this.#timers) clearInterval(timer);
  }
}

const scheduledEvent = (ruleArn: string, now: Date) => ({
  version: '0',
  source: 'aws.events',
  'detail-type': 'Scheduled Event',
  account: accountId,
  region,
  time: now.toISOString(),
  resources: [ruleArn],
  detail: {},
});
