import * as z from 'zod';
import { resolveSecrets } from '../secrets.ts';
import type { Template } from '../template.ts';

const PlanProperties = z.object({ ApiStages: z.array(z.object({ ApiId: z.string(), Stage: z.string() })) });
const PlanKeyProperties = z.object({ KeyId: z.string(), UsagePlanId: z.string() });
const KeyProperties = z.object({ Enabled: z.boolean().default(false), Value: z.string() });

/** The keys that the usage plans of the template let pass at the stages of an API. Limits and quotas are not covered. */
export function allowedKeys(template: Template, apiId: string, secret: Buffer): ReadonlySet<string> {
  const plans = template
    .ofType('AWS::ApiGateway::UsagePlan')
    .filter((plan) =>
      template.properties(plan, PlanProperties).ApiStages.some((each) => each.ApiId === apiId),
    )
    .map((plan) => template.physicalName(plan));
  const keyIds = template
    .ofType('AWS::ApiGateway::UsagePlanKey')
    .map((each) => template.properties(each, PlanKeyProperties))
    .filter(({ UsagePlanId }) => plans.includes(UsagePlanId))
    .map(({ KeyId }) => KeyId);
  const keys = template
    .ofType('AWS::ApiGateway::ApiKey')
    .filter((key) => keyIds.includes(template.physicalName(key)))
    .map((key) => template.properties(key, KeyProperties))
    .filter(({ Enabled }) => Enabled);
  return new Set(keys.map(({ Value }) => resolveSecrets(Value, secret)));
}

/** The header in which a request has its key, in the names of Node. */
export const KEY_HEADER = 'x-api-key';
