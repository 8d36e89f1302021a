import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { replacing } from './replacing.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/**
 * The SDK's clients read settings in the environment and then in the files of a developer's machine, which Lambda does not have. Here
 * they are as if these files were empty: 3 KB less in each function.
 */
const withoutConfigFiles = replacing(
  'without-config-files',
  /\/@smithy\/core\/dist-es\/.*\/node-config-provider\/fromSharedConfigFiles\.js$/,
  `import { CredentialsProviderError } from '../property-provider/CredentialsProviderError';
  export const fromSharedConfigFiles = () => async () => {
    throw new CredentialsProviderError('no config files in a function');
  };`,
);

/** Lambda's credentials are in its environment, and stay the same while it runs: 4 KB less without the chain of other places. */
const credentialsOfEnvironment = replacing(
  'credentials-of-environment',
  /\/@aws-sdk\/credential-provider-node\/dist-es\/index\.js$/,
  `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';`,
);

/** Retries of the adaptive mode, which is not used: 3 KB. */
const withoutAdaptiveRetries = replacing(
  'without-adaptive-retries',
  /\/@smithy\/core\/dist-es\/.*\/AdaptiveRetryStrategy\.js$/,
  `export class AdaptiveRetryStrategy {
    constructor() {
      throw new Error('no adaptive retries in a function');
    }
  }`,
);

/** The signer of requests also signs event streams, whose headers it must write: 2 KB. */
const withoutSignedEvents = replacing(
  'without-signed-events',
  /\/@smithy\/signature-v4\/dist-es\/HeaderFormatter\.js$/,
  `export class HeaderFormatter {
    format() {
      throw new Error('no signed events in a function');
    }
  }`,
);

/** In Lambda, the environment has the region: no instance metadata service (IMDS) is asked. */
const withoutInstanceRegion = replacing(
  'without-instance-region',
  /\/@smithy\/core\/dist-es\/.*\/getInstanceMetadataRegion\.js$/,
  'export const getInstanceMetadataRegion = async () => undefined;',
);

/** The errors of DynamoDB that operations on items return. */
export const ITEM_ERRORS: ReadonlySet<string> = new Set([
  'ConditionalCheckFailedException',
  'IdempotentParameterMismatchException',
  'InternalServerError',
  'InvalidEndpointException',
  'ItemCollectionSizeLimitExceededException',
  'ProvisionedThroughputExceededException',
  'ReplicatedWriteConflictException',
  'RequestLimitExceeded',
  'ResourceNotFoundException',
  'ThrottlingException',
  'TransactionCanceledException',
  'TransactionConflictException',
  'TransactionInProgressException',
]);

/** The errors of Cognito that `UserPool` tells apart. */
export const PEOPLE_ERRORS: ReadonlySet<string> = new Set([
  'AliasExistsException',
  'LimitExceededException',
  'UserNotFoundException',
  'UsernameExistsException',
]);

/** Leaves out the classes of all errors of a client but these. An error without a class of its own is of the base class, and keeps its name. */
const onlyErrors = (client: string, errors: ReadonlySet<string>) =>
  replacing(
    `errors-of-${client}`,
    new RegExp(`/@aws-sdk/${client}/dist-es/schemas/schemas_0\\.js$`),
    (source) =>
      source.replace(
        /^export var (\w+)\$ = \[-3, n0, [^;]*;\nn0_registry\.registerError\(\1\$, \1\);\n/gm,
        (error, name) => (errors.has(name) ? error : ''),
      ),
  );

/** Without the errors of tables, backups and exports: 9 KB. */
const errorsOfItems = onlyErrors('client-dynamodb', ITEM_ERRORS);

/** Without the fifty other errors of Cognito: 21 KB. */
const errorsOfPeople = onlyErrors('client-cognito-identity-provider', PEOPLE_ERRORS);

/** DynamoDB's endpoint in a few lines, instead of by rules that an interpreter decides: 15 KB. */
const endpointOfTables: Plugin = {
  name: 'endpoint-of-tables',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/endpoint\/endpointResolver$/ }, ({ importer }) =>
      /\/@aws-sdk\/client-dynamodb\//.test(importer)
        ? { path: join(ROOT, 'lib', 'data', 'dynamodb', 'endpoint.ts') }
        : undefined,
    );
  },
};

/**
 * DynamoDB's client without a cache of endpoints that it could discover, which no operation on items does, and without steps that
 * `connectTable` removes: 15 KB. The user agent stays, since Powertools adds its own step after it.
 */
const fewerStepsOfTables = replacing(
  'fewer-steps-of-tables',
  /\/@aws-sdk\/client-dynamodb\/dist-es\/DynamoDBClient\.js$/,
  (source) =>
    source
      .replace(/resolveEndpointDiscoveryConfig\((\w+), \{[^}]*\}\)/, '$1')
      .replace(/^ *this\.middlewareStack\.use\(get(?:Logger|RecursionDetection)Plugin\(.*\n/gm, ''),
);

/**
 * The list of AWS's partitions, 5 KB, is part of each client for its user agent, whose prefix is that of another such list. The clients
 * that find their endpoints by it name it themselves.
 */
const withoutPartitions = replacing(
  'without-partitions',
  /\/@aws-sdk\/core\/dist-es\/.*\/(?:user-agent-middleware|util-endpoints\/aws)\.js$/,
  (source) =>
    source
      .replace(/^import \{ getUserAgentPrefix \} .*$/m, "const getUserAgentPrefix = () => '';")
      .replace(/^customEndpointFunctions\.aws = .*$/m, ''),
);

/** What leaves out parts of the SDK's clients that no function reaches. */
export const SLIM_CLIENTS: Plugin[] = [
  withoutConfigFiles,
  credentialsOfEnvironment,
  withoutAdaptiveRetries,
  withoutSignedEvents,
  withoutInstanceRegion,
  errorsOfItems,
  errorsOfPeople,
  endpointOfTables,
  fewerStepsOfTables,
  withoutPartitions,
];
