import { connect } from '../../lib/lambda/needs.ts';
import type { LocalStack } from '../../lib/local/local-stack.ts';
import type { Finding } from '../../lib/services/reconcile/findings.ts';

/** The environment of the function `reconcile`, with all permissions, for its code in this process. */
export function reconcileEnvironment(stack: LocalStack): Record<string, string> {
  const found = stack.functions.find(
    ({ definition }) => definition.environment.POWERTOOLS_SERVICE_NAME === 'reconcile',
  );
  if (!found) throw new Error('there is no function reconcile');
  return {
    ...found.definition.environment,
    NODE_OPTIONS: '',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: stack.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: stack.credentials.secretAccessKey,
    AWS_ENDPOINT_URL_S3: stack.s3Endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: stack.dynamoDbEndpoint,
    AWS_ENDPOINT_URL_SQS: `${stack.url}/local/sqs`,
    DYNAMODB_TIMEOUT_MS: '8000',
  };
}

interface Options {
  /** The time that the reconciliation takes for now. */
  at?: Date;
  isDryRun?: boolean;
  retriesFailed?: boolean;
  deletesOrphans?: boolean;
}

/**
 * Runs the reconciliation of everything in this process. Returns what it found: `<found>/<repaired>` by finding.
 *
 * @param environment as of {@link reconcileEnvironment}
 */
export async function reconcileAll(environment: Record<string, string>, options: Options = {}) {
  const { at = new Date(), isDryRun = false, retriesFailed = false, deletesOrphans = false } = options;
  Object.assign(process.env, environment);
  const { reconciling } = await import('../../lib/lambda/dependencies.ts');
  const { Findings } = await import('../../lib/services/reconcile/findings.ts');
  const { reconcile } = await import('../../lib/services/reconcile/reconcile.ts');
  const findings = new Findings({ isDryRun });
  const run = { retriesFailed, deletesOrphans, findings, isOver: () => false, now: () => at };
  const progress = { get: async () => ({ part: 'objects' as const }), set: async () => {} };
  await reconcile({ ...connect(reconciling)(), ...run }, progress);
  const found = Object.entries(findings.counts).filter(([, count]) => count.found > 0);
  return Object.fromEntries(
    found.map(([finding, count]) => [finding, `${count.found}/${count.repaired}`]),
  ) as Partial<Record<Finding, string>>;
}
