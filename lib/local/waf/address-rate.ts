import * as z from 'zod';
import type { Clock } from '../clock.ts';
import type { Template } from '../template.ts';

const RateRule = z.object({
  Action: z.object({ Block: z.object({ CustomResponse: z.object({ ResponseCode: z.int() }) }) }),
  Statement: z.object({
    RateBasedStatement: z.object({
      Limit: z.int(),
      EvaluationWindowSec: z.int(),
      CustomKeys: z.array(z.object({ Header: z.object({ Name: z.string() }) })),
    }),
  }),
});
const AclProperties = z.object({ Rules: z.array(RateRule) });

/** The rate-based rule of AWS WAF at the API, if the template has one. */
export class AddressRate {
  readonly #rule: z.infer<typeof RateRule> | undefined;
  readonly #clock: Pick<Clock, 'now'>;
  /** When each request of an address came, as far as it is in the window. */
  readonly #requests = new Map<string, number[]>();

  constructor(rule: z.infer<typeof RateRule> | undefined, clock: Pick<Clock, 'now'>) {
    this.#rule = rule;
    this.#clock = clock;
  }

  static of(template: Template, clock: Clock): AddressRate {
    const [rule] = template
      .ofType('AWS::WAFv2::WebACL')
      .flatMap((acl) => template.properties(acl, AclProperties).Rules);
    return new AddressRate(rule, clock);
  }

  /** Counts the request. Returns the status of the refusal if its address has sent too many. */
  blocks(headers: Readonly<Record<string, string>>): number | undefined {
    if (!this.#rule) return undefined;
    const { Limit, EvaluationWindowSec, CustomKeys } = this.#rule.Statement.RateBasedStatement;
    const values = CustomKeys.map(({ Header }) => headers[Header.Name]);
    // AWS WAF does not count a request without one of the headers.
    if (values.includes(undefined)) return undefined;
    const address = JSON.stringify(values);
    const now = this.#clock.now();
    const recent = (this.#requests.get(address) ?? []).filter((at) => at > now - EvaluationWindowSec * 1000);
    recent.push(now);
    this.#requests.set(address, recent.slice(-Limit - 1));
    return recent.length > Limit ? this.#rule.Action.Block.CustomResponse.ResponseCode : undefined;
  }
}
