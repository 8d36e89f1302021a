import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { StartError } from './start-error.ts';

export const region = 'us-east-1';
export const accountId = '000000000000';
/** The value of `Ref` of the Cognito client, which is the `aud` of local tokens. */
export const localClientId = 'negatoscope-local';

/** A resource of the synthesized template, with unresolved properties. */
export interface Resource {
  logicalId: string;
  type: string;
  properties: Record<string, unknown>;
}

const TemplateFile = z.object({
  Parameters: z.record(z.string(), z.object({ Default: z.unknown().optional() }).loose()).default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown() }).loose()).default({}),
  Resources: z.record(
    z.string(),
    z
      .object({
        Type: z.string(),
        Properties: z.record(z.string(), z.unknown()).default({}),
        Condition: z.string().optional(),
      })
      .loose(),
  ),
});

const AssetsFile = z.object({
  files: z.record(
    z.string(),
    z
      .object({
        source: z.object({ path: z.string(), packaging: z.string() }).loose(),
        destinations: z.record(z.string(), z.object({ objectKey: z.string() }).loose()),
      })
      .loose(),
  ),
});

/** `AWS::NoValue`: the property counts as absent. */
const noValue = Symbol('AWS::NoValue');

/** The synthesized CloudFormation templates of all stacks, with their intrinsic functions resolved for the local stack. */
export class Template {
  readonly #resources: Map<string, Resource>;
  readonly #parameters: Record<string, unknown>;
  readonly #conditions: Record<string, unknown>;
  readonly #assetPaths: Map<string, string>;
  /** The outputs of each stack, by its name. */
  readonly #outputs = new Map<string, Record<string, { Value?: unknown }>>();
  readonly #origin: string;
  readonly #s3Origin: string;

  /** @param documents the template of each stack, by its name */
  constructor(
    documents: Readonly<Record<string, unknown>>,
    assetPaths: Map<string, string>,
    origin: string,
    s3Origin = origin,
  ) {
    this.#origin = origin;
    this.#s3Origin = s3Origin;
    this.#assetPaths = assetPaths;
    this.#conditions = {};
    this.#parameters = {};
    this.#resources = new Map();
    for (const [stack, document] of Object.entries(documents)) this.#add(stack, TemplateFile.parse(document));
  }

  #add(stack: string, { Resources, Parameters, Conditions, Outputs }: z.infer<typeof TemplateFile>): void {
    this.#outputs.set(stack, Outputs);
    Object.assign(this.#conditions, Conditions);
    for (const [name, { Default }] of Object.entries(Parameters)) this.#parameters[name] = Default;
    for (const [logicalId, { Type, Properties, Condition }] of Object.entries(Resources)) {
      // It is in each stack, and does nothing.
      if (Type === 'AWS::CDK::Metadata') continue;
      if (Condition !== undefined && !this.#condition(Condition)) continue;
      if (this.#resources.has(logicalId)) throw new StartError(`Two stacks have a resource ${logicalId}.`);
      this.#resources.set(logicalId, { logicalId, type: Type, properties: Properties });
    }
  }

  /** All resources of the given types, in the template's order. */
  ofType(...types: string[]): Resource[] {
    return [...this.#resources.values()].filter((resource) => types.includes(resource.type));
  }

  /** An output of one of the stacks. */
  output(name: string): string {
    const outputs = [...this.#outputs.values()].find((each) => name in each);
    return String(this.resolve(outputs?.[name]?.Value));
  }

  /** Resolves the properties that the schema names; the others need not be resolvable. */
  properties<S extends z.ZodObject>(resource: Resource, schema: S): z.infer<S> {
    const wanted = Object.entries(resource.properties).filter(([name]) => name in schema.shape);
    const parsed = schema.safeParse(this.resolve(Object.fromEntries(wanted)));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    throw new StartError(
      `The local stack cannot use ${resource.type} ${resource.logicalId}: ${issue?.path.join('.')}: ${issue?.message}.`,
    );
  }

  /** The directory of a function's code, by the key under which CDK would upload it. */
  assetPath(objectKey: string): string | undefined {
    return this.#assetPaths.get(objectKey);
  }

  /** The resource's physical name: stable, because data and signed URLs survive a restart. */
  physicalName(resource: Resource): string {
    const shortType = resource.type.split('::')[2];
    const given = resource.properties[`${shortType}Name`] ?? resource.properties.TableName;
    const name = given === undefined ? resource.logicalId : this.resolve(given);
    if (typeof name !== 'string') return resource.logicalId;
    return resource.type === 'AWS::S3::Bucket' ? name.toLowerCase().slice(0, 63) : name;
  }

  arn(resource: Resource): string {
    const name = this.physicalName(resource);
    const own = `${region}:${accountId}`;
    switch (resource.type) {
      case 'AWS::Lambda::Function':
        return `arn:aws:lambda:${own}:function:${name}`;
      case 'AWS::S3::Bucket':
        return `arn:aws:s3:::${name}`;
      case 'AWS::SQS::Queue':
        return `arn:aws:sqs:${own}:${name}`;
      case 'AWS::DynamoDB::Table':
      case 'AWS::DynamoDB::GlobalTable':
        return `arn:aws:dynamodb:${own}:table/${name}`;
      case 'AWS::IAM::Role':
        return `arn:aws:iam::${accountId}:role/${name}`;
      case 'AWS::KMS::Key':
        return `arn:aws:kms:${own}:key/${name}`;
      case 'AWS::Logs::LogGroup':
        return `arn:aws:logs:${own}:log-group:${name}:*`;
      case 'AWS::Cognito::UserPool':
        return `arn:aws:cognito-idp:${own}:userpool/${region}_local`;
      default:
        return `arn:aws:${(resource.type.split('::')[1] ?? '').toLowerCase()}:${own}:${name}`;
    }
  }

  /** The ARN of a CloudFront function. */
  functionArn(resource: Resource): string {
    return `arn:aws:cloudfront::${accountId}:function/${resource.logicalId}`;
  }

  /** Resolves every intrinsic function in a value. Throws a StartError for an unsupported one. */
  resolve(value: unknown): unknown {
    const resolved = this.#resolve(value);
    return resolved === noValue ? undefined : resolved;
  }

  #resolve(value: unknown): unknown {
    if (Array.isArray(value))
      return value.map((item) => this.#resolve(item)).filter((item) => item !== noValue);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [only] = entries;
    if (only && entries.length === 1 && (only[0] === 'Ref' || only[0].startsWith('Fn::'))) {
      return this.#intrinsic(only[0], only[1]);
    }
    return Object.fromEntries(
      entries.map(([key, item]) => [key, this.#resolve(item)]).filter(([, item]) => item !== noValue),
    );
  }

  #intrinsic(name: string, argument: unknown): unknown {
    switch (name) {
      case 'Ref':
        return this.#ref(String(argument));
      case 'Fn::GetAtt': {
        const [logicalId, ...attribute] = Array.isArray(argument)
          ? argument.map(String)
          : String(argument).split('.');
        return this.#getAtt(logicalId ?? '', attribute.join('.'));
      }
      case 'Fn::Join': {
        const [separator, parts] = z.tuple([z.string(), z.unknown()]).parse(argument);
        const text = z.array(z.unknown()).parse(this.#resolve(parts)).map(String).join(separator);
        // A page's policy has the bucket's URL with its scheme; locally there is no TLS.
        return text.replaceAll(this.#s3Origin.replace(/^http:/, 'https:'), this.#s3Origin);
      }
      case 'Fn::Sub': {
        const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
        const given = z.record(z.string(), z.unknown()).parse(this.#resolve(variables));
        return String(text).replaceAll(/\$\{(!?)([^}]+)\}/g, (_match, literal: string, key: string) => {
          if (literal) return `\${${key}}`;
          if (key in given) return String(given[key]);
          return String(key.includes('.') ? this.#intrinsic('Fn::GetAtt', key) : this.#ref(key));
        });
      }
      case 'Fn::Select': {
        const [index, list] = z.tuple([z.coerce.number(), z.unknown()]).parse(argument);
        return z.array(z.unknown()).parse(this.#resolve(list))[index];
      }
      case 'Fn::Split': {
        const [separator, text] = z.tuple([z.string(), z.unknown()]).parse(argument);
        return String(this.#resolve(text)).split(separator);
      }
      case 'Fn::If': {
        const [condition, yes, no] = z.tuple([z.string(), z.unknown(), z.unknown()]).parse(argument);
        return this.#resolve(this.#condition(condition) ? yes : no);
      }
      case 'Fn::GetStackOutput': {
        const { StackName, OutputName } = z
          .object({ StackName: z.string(), OutputName: z.string() })
          .parse(argument);
        const output = this.#outputs.get(StackName)?.[OutputName];
        if (!output) throw new StartError(`The stack ${StackName} has no output ${OutputName}.`);
        return this.#resolve(output.Value);
      }
      case 'Fn::GetAZs':
        return [`${region}a`, `${region}b`, `${region}c`];
      default:
        throw new StartError(
          `The local stack cannot resolve ${name} ${JSON.stringify(argument)} in the template.`,
        );
    }
  }

  #condition(name: string): boolean {
    const evaluate = (expression: unknown): boolean => {
      const [operator, argument] =
        Object.entries(z.record(z.string(), z.unknown()).parse(expression))[0] ?? [];
      const list = Array.isArray(argument) ? argument : [];
      switch (operator) {
        case 'Condition':
          return this.#condition(String(argument));
        case 'Fn::Equals':
          return this.#resolve(list[0]) === this.#resolve(list[1]);
        case 'Fn::And':
          return list.every(evaluate);
        case 'Fn::Or':
          return list.some(evaluate);
        case 'Fn::Not':
          return !evaluate(list[0]);
        default:
          throw new StartError(`The local stack cannot evaluate the condition ${name} (${operator}).`);
      }
    };
    return evaluate(this.#conditions[name]);
  }

  #ref(logicalId: string): unknown {
    switch (logicalId) {
      case 'AWS::Region':
        return region;
      case 'AWS::AccountId':
        return accountId;
      case 'AWS::Partition':
        return 'aws';
      case 'AWS::URLSuffix':
        return 'amazonaws.com';
      case 'AWS::NoValue':
        return noValue;
    }
    if (logicalId in this.#parameters) return this.#parameters[logicalId];
    const resource = this.#known(logicalId, `Ref ${logicalId}`);
    switch (resource.type) {
      case 'AWS::SQS::Queue':
        return `${this.#origin}/local/sqs/${accountId}/${this.physicalName(resource)}`;
      case 'AWS::Cognito::UserPoolClient':
        return localClientId;
      case 'AWS::Cognito::UserPool':
        return `${region}_local`;
      case 'AWS::SNS::Topic':
      case 'AWS::SecretsManager::Secret':
        return this.arn(resource);
      default:
        return this.physicalName(resource);
    }
  }

  #getAtt(logicalId: string, attribute: string): unknown {
    const wish = `Fn::GetAtt ${logicalId}.${attribute}`;
    const resource = this.#known(logicalId, wish);
    switch (attribute) {
      case 'Arn':
        return this.arn(resource);
      case 'StreamArn':
        return `${this.arn(resource)}/stream/local`;
      case 'QueueName':
      case 'KeyId':
      case 'Id':
        return this.physicalName(resource);
      case 'QueueUrl':
        return this.#ref(logicalId);
      case 'FunctionARN':
        return this.functionArn(resource);
      case 'ApiEndpoint':
        return this.#origin.replace('http', 'ws');
      case 'ProviderURL':
        return `${this.#origin}/local`;
      case 'ProviderName':
        return `${new URL(this.#origin).host}/local`;
      case 'RootResourceId':
        return `${logicalId}.root`;
      case 'DomainName':
      case 'RegionalDomainName':
      case 'DualStackDomainName':
        return new URL(resource.type === 'AWS::S3::Bucket' ? this.#s3Origin : this.#origin).host;
      default:
        throw new StartError(`The local stack cannot resolve ${wish} (${resource.type}) of the template.`);
    }
  }

  #known(logicalId: string, wish: string): Resource {
    const resource = this.#resources.get(logicalId);
    if (!resource) throw new StartError(`The template has no resource for ${wish}.`);
    return resource;
  }
}

const Manifest = z.object({
  artifacts: z.record(
    z.string(),
    z
      .object({
        type: z.string(),
        properties: z
          .object({ templateFile: z.string().optional(), file: z.string().optional() })
          .loose()
          .optional(),
      })
      .loose(),
  ),
});

/**
 * Reads the templates and assets of all stacks in CDK's output directory.
 *
 * @param s3Origin where the buckets are, if not where all else is
 */
export function loadTemplate(cdkOut: string, origin: string, s3Origin?: string): Template {
  const read = (name: string): unknown => {
    const file = path.join(cdkOut, name);
    try {
      return JSON.parse(readFileSync(file, 'utf8'));
    } catch (cause) {
      throw new StartError(`The local stack cannot read ${file}, which CDK should have written.`, { cause });
    }
  };
  const documents: Record<string, unknown> = {};
  const assetPaths = new Map<string, string>();
  const { artifacts } = Manifest.parse(read('manifest.json'));
  for (const [name, { type, properties }] of Object.entries(artifacts)) {
    if (type === 'aws:cloudformation:stack') documents[name] = read(properties?.templateFile ?? '');
    if (type !== 'cdk:asset-manifest') continue;
    const { files } = AssetsFile.parse(read(properties?.file ?? ''));
    for (const { source, destinations } of Object.values(files)) {
      for (const { objectKey } of Object.values(destinations)) {
        assetPaths.set(objectKey, path.resolve(cdkOut, source.path));
      }
    }
  }
  return new Template(documents, assetPaths, origin, s3Origin);
}
