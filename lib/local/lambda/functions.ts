import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { type Statement, statementsOfRole } from '../iam/iam.ts';
import { resolveSecrets } from '../secrets.ts';
import { StartError } from '../start-error.ts';
import type { Template } from '../template.ts';

/** An access key. It survives a restart, because the URLs signed with it do. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

/** A function as the template declares it. */
export interface FunctionDefinition {
  /** The name of the function in its log lines, which is that of its folder; otherwise its physical name. */
  id: string;
  name: string;
  arn: string;
  codeDir: string;
  handler: string;
  memoryMb: number;
  timeoutSeconds: number;
  environment: Record<string, string>;
  hasLayers: boolean;
  statements: Statement[];
  credentials: Credentials;
}

const FunctionProperties = z
  .object({
    Code: z.object({ S3Key: z.string() }).loose(),
    Handler: z.string(),
    Role: z.string(),
    MemorySize: z.number().default(128),
    Timeout: z.number().default(3),
    Environment: z
      .object({
        Variables: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)),
      })
      .default({ Variables: {} }),
    Layers: z.array(z.unknown()).default([]),
  })
  .loose();

/** All variables of a function together, with their names (Lambda quotas, "Environment variables"). */
const environmentLimitBytes = 4096;

/** Refuses variables that Lambda would refuse. */
export function requireSmallEnvironment(name: string, variables: Record<string, string>): void {
  const bytes = Object.entries(variables).reduce(
    (sum, entry) => sum + Buffer.byteLength(entry[0]) + Buffer.byteLength(entry[1]),
    0,
  );
  if (bytes > environmentLimitBytes)
    throw new StartError(
      `The environment variables of ${name} have ${bytes} bytes; Lambda takes ${environmentLimitBytes}.`,
    );
}

/** The template's functions with our own code, without those that CDK adds for deployments. */
export function loadFunctions(
  template: Template,
  secret: Buffer,
  settings: Record<string, string> = {},
): FunctionDefinition[] {
  return template.ofType('AWS::Lambda::Function').flatMap((resource): FunctionDefinition[] => {
    if (!String(resource.properties.Runtime).startsWith('nodejs')) return [];
    const properties = template.properties(resource, FunctionProperties);
    const codeDir = template.assetPath(properties.Code.S3Key);
    if (!codeDir || !existsSync(codeDir)) {
      throw new StartError(
        `The code of function ${resource.logicalId} is missing: expected the asset ${codeDir ?? properties.Code.S3Key}.`,
      );
    }
    const name = template.physicalName(resource);
    requireSmallEnvironment(resource.logicalId, properties.Environment.Variables);
    return [
      {
        id: properties.Environment.Variables.POWERTOOLS_SERVICE_NAME ?? name,
        name,
        arn: template.arn(resource),
        codeDir,
        handler: properties.Handler,
        memoryMb: properties.MemorySize,
        timeoutSeconds: properties.Timeout,
        environment: {
          ...Object.fromEntries(
            Object.entries(properties.Environment.Variables).map(([name, value]) => [
              name,
              resolveSecrets(value, secret),
            ]),
          ),
          ...pick(settings, Object.keys(properties.Environment.Variables)),
        },
        hasLayers: properties.Layers.length > 0,
        statements: statementsOfRole(template, properties.Role),
        credentials: credentialsFor(name, secret),
      },
    ];
  });
}

const pick = (values: Record<string, string>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));

/** Derives the access key of a caller, so that none is stored. */
export function credentialsFor(caller: string, secret: Buffer): Credentials {
  const derive = (use: string) => createHmac('sha256', secret).update(`${use} ${caller}`).digest('hex');
  return {
    accessKeyId: `AKIA${derive('id').slice(0, 16).toUpperCase()}`,
    secretAccessKey: derive('secret').slice(0, 40),
  };
}

/** The secret from which all access keys of this data directory are derived. */
export function loadSecret(dataDir: string): Buffer {
  const file = path.join(dataDir, 'credentials-secret');
  if (!existsSync(file)) {
    writeFileSync(`${file}.new`, randomBytes(32), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  const secret = readFileSync(file);
  if (secret.length === 32) return secret;
  throw new StartError(
    `The file ${file} is damaged: remove it, and new keys are made (signed URLs end with the old ones).`,
  );
}
