import * as z from 'zod';
import { StartError } from '../start-error.ts';
import type { Template } from '../template.ts';

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const Conditions = z.record(z.string(), z.record(z.string(), oneOrMore));

/** One statement of a policy document. */
export const Statement = z
  .object({
    Effect: z.enum(['Allow', 'Deny']),
    Action: oneOrMore.optional(),
    NotAction: oneOrMore.optional(),
    Resource: oneOrMore.optional(),
    NotResource: oneOrMore.optional(),
    Condition: Conditions.optional(),
  })
  .loose();
export type Statement = z.infer<typeof Statement>;

/** A policy document of a role or of an authorizer's result. */
export const PolicyDocument = z
  .object({ Statement: z.union([Statement, z.array(Statement)]).transform((value) => [value].flat()) })
  .loose();

/** The action of a request; `context` has the values of condition keys (`s3:prefix`). */
export interface Access {
  action: string;
  resource: string;
  context?: Record<string, string>;
}

export type Decision = 'allowed' | 'denied explicitly' | 'not allowed';

/** Evaluates policies as IAM does: an explicit deny wins, and everything that is not allowed is denied. */
export function decide(statements: readonly Statement[], access: Access): Decision {
  let allowed = false;
  for (const statement of statements) {
    if (!applies(statement, access)) continue;
    if (statement.Effect === 'Deny') return 'denied explicitly';
    allowed = true;
  }
  return allowed ? 'allowed' : 'not allowed';
}

function applies(statement: Statement, { action, resource, context = {} }: Access): boolean {
  const { Action, NotAction, Resource, NotResource, Condition = {} } = statement;
  // In IAM, actions are case-insensitive and resources are case-sensitive.
  if (Action && !matchesAny(Action, action, 'si')) return false;
  if (NotAction && matchesAny(NotAction, action, 'si')) return false;
  if (Resource && !matchesAny(Resource, resource)) return false;
  if (NotResource && matchesAny(NotResource, resource)) return false;
  return Object.entries(Condition).every(([operator, tests]) =>
    Object.entries(tests).every(([key, wanted]) => {
      const value = context[key];
      if (value === undefined) return false;
      return operator === 'StringEquals' ? wanted.includes(value) : matchesAny(wanted, value);
    }),
  );
}

const matchesAny = (patterns: readonly string[], value: string, flags = 's'): boolean =>
  patterns.some((pattern) => expressionOf(pattern, flags).test(value));

/** The patterns that were evaluated before: the policies of a template have some hundred, and each call evaluates several. */
const expressions = new Map<string, RegExp>();

function expressionOf(pattern: string, flags: string): RegExp {
  const name = `${flags} ${pattern}`;
  const known = expressions.get(name);
  if (known) return known;
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, flags);
  expressions.set(name, expression);
  return expression;
}

const RawPolicy = z.object({ PolicyDocument: z.object({ Statement: z.array(z.unknown()) }).loose() }).loose();
const RawRole = z.object({ Policies: z.array(RawPolicy).default([]) }).loose();
const RawStatement = z.object({ Action: oneOrMore.optional() }).loose();
const RoleProperties = z.object({ ManagedPolicyArns: z.array(z.string()).default([]) });
const PolicyProperties = z.object({ Roles: z.array(z.string()).default([]) });
const enforcedServices = ['s3:', 'dynamodb:', 'execute-api:', 'lambda:', 'sqs:', 'cognito-idp:', '*'];
const knownConditions = ['StringEquals', 'StringLike'];

/** All inline policies of a role together, without white space (IAM quotas, "IAM and AWS STS character quotas"). */
const inlinePolicyLimit = 10_240;

/** As long as the ARN of a resource whose name CloudFormation gives: those of the laptop are shorter. */
const ARN = 'x'.repeat(100);

/** A value of the template, with such an ARN in place of each intrinsic function. */
function withArns(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withArns);
  if (typeof value !== 'object' || value === null) return value;
  const [[name, inner] = ['', undefined], ...others] = Object.entries(value);
  if (others.length === 0 && name === 'Fn::Join') {
    const [separator, parts] = inner as [string, unknown[]];
    return parts.map((part) => (typeof part === 'string' ? part : ARN)).join(separator);
  }
  if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) return ARN;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withArns(each)]));
}

/** Refuses policies that IAM would refuse. */
export function requireSmallPolicies(roleName: string, documents: readonly unknown[]): void {
  const characters = documents.reduce<number>((sum, each) => sum + JSON.stringify(withArns(each)).length, 0);
  if (characters > inlinePolicyLimit)
    throw new StartError(
      `The inline policies of ${roleName} have ${characters} characters; IAM takes ${inlinePolicyLimit}.`,
    );
}

/** The statements of a role that are enforced locally: on S3, DynamoDB, functions, queues, people and WebSocket connections. */
export function statementsOfRole(template: Template, roleArn: string): Statement[] {
  const role = template.ofType('AWS::IAM::Role').find((candidate) => template.arn(candidate) === roleArn);
  if (!role) throw new StartError(`The template has no role ${roleArn}, which one of its functions runs as.`);
  const roleName = template.physicalName(role);
  const { ManagedPolicyArns } = template.properties(role, RoleProperties);
  const attached = template
    .ofType('AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy')
    .filter(
      (policy) =>
        template.properties(policy, PolicyProperties).Roles.includes(roleName) ||
        ManagedPolicyArns.includes(template.physicalName(policy)),
    )
    .map(({ type, properties }) => ({ ...RawPolicy.parse(properties), type }));
  const own = RawRole.parse(role.properties).Policies;
  // A managed policy has a limit of its own.
  const inline = [...own, ...attached.filter(({ type }) => type === 'AWS::IAM::Policy')];
  requireSmallPolicies(
    roleName,
    inline.map(({ PolicyDocument: document }) => document),
  );
  return (
    [...own, ...attached]
      .flatMap(({ PolicyDocument: document }) => document.Statement)
      // Before intrinsic functions are resolved: resources of other services may not exist here.
      .filter(concernsEnforcedService)
      .map((statement) => checkConditions(Statement.parse(template.resolve(statement)), roleName))
  );
}

function concernsEnforcedService(statement: unknown): boolean {
  const { Action = ['*'] } = RawStatement.parse(statement);
  return Action.some((action) =>
    enforcedServices.some((service) => action.toLowerCase().startsWith(service)),
  );
}

function checkConditions(statement: Statement, roleName: string): Statement {
  const unknown = Object.keys(statement.Condition ?? {}).find(
    (operator) => !knownConditions.includes(operator),
  );
  if (unknown === undefined) return statement;
  // Ignoring a condition would allow requests that AWS denies.
  throw new StartError(
    `The local stack cannot evaluate the condition ${unknown} in a policy of ${roleName}.`,
  );
}
