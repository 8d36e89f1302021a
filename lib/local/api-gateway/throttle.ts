import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { Template } from '../template.ts';

/** A limit on requests: how many tokens a second, and how many the bucket holds. */
export interface Rate {
  perSecond: number;
  burst: number;
}

const Limits = z.object({
  ThrottlingRateLimit: z.number().optional(),
  ThrottlingBurstLimit: z.number().optional(),
});
const StageProperties = z.object({ MethodSettings: z.array(Limits).default([]) });

export const toRate = ({
  ThrottlingRateLimit: perSecond,
  ThrottlingBurstLimit: burst,
}: z.infer<typeof Limits>): Rate | undefined =>
  perSecond === undefined || burst === undefined ? undefined : { perSecond, burst };

/** A stage's limit on requests, by API Gateway's token bucket (developer guide, "Throttle requests to your REST APIs"). */
export class Throttle {
  readonly #rate: Rate | undefined;
  readonly #clock: Pick<Clock, 'now'>;
  #tokens: number;
  #filledAt: number;

  constructor(rate: Rate | undefined, clock: Pick<Clock, 'now'>) {
    this.#rate = rate;
    this.#clock = clock;
    this.#tokens = rate?.burst ?? 0;
    this.#filledAt = clock.now();
  }

  /** The limit that the template's REST stage sets for all of its methods. */
  static ofStage(template: Template, clock: Clock): Throttle {
    const settings = template
      .ofType('AWS::ApiGateway::Stage')
      .flatMap((stage) => template.properties(stage, StageProperties).MethodSettings);
    return new Throttle(settings.flatMap((each) => toRate(each) ?? [])[0], clock);
  }

  /** Takes a token. Returns false if there is none. */
  admits(): boolean {
    if (!this.#rate) return true;
    const now = this.#clock.now();
    const { perSecond, burst } = this.#rate;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) / 1000) * perSecond);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
