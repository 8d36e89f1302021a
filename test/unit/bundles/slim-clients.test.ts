import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type BuildOptions, build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HANDLER_BUNDLES } from '../../../bin/build.ts';
import { ITEM_ERRORS, PEOPLE_ERRORS } from '../../../bin/bundles/slim-clients.ts';
import { defaultEndpointResolver } from '../../../lib/data/dynamodb/endpoint.ts';

const ROOT = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const SDK = 'node_modules/@aws-sdk';

describe('The endpoint of the tables', () => {
  interface Partition {
    regions: Record<string, object>;
  }
  const { partitions } = JSON.parse(
    read(`${SDK}/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js`)
      .replace(/^export const partitionsInfo = /, '')
      .replace(/;\s*$/, ''),
  ) as { partitions: Partition[] };
  const regions = partitions.flatMap((partition) => Object.keys(partition.regions));
  const { endpointProvider } = new DynamoDBClient({ region: 'eu-central-1' }).config;

  test('is that of the SDK in each region', () => {
    const known = regions.filter((region) => !region.endsWith('-global'));
    expect(known.length).toBeGreaterThan(30);
    for (const Region of known)
      expect(defaultEndpointResolver({ Region }).url.href).toBe(endpointProvider({ Region }).url.href);
  });

  test('is that of the settings, if they have one', () => {
    const local = { Region: 'eu-central-1', Endpoint: 'http://localhost:8000' };
    expect(defaultEndpointResolver(local)).toEqual(endpointProvider(local));
  });

  test.each([{ UseFIPS: true }, { UseDualStack: true }])('is none for %o', (option) => {
    expect(() => defaultEndpointResolver({ Region: 'us-east-1', ...option })).toThrow('FIPS');
  });
});

describe('The errors of operations on items', () => {
  const COMMANDS = [
    'Get',
    'BatchGet',
    'Query',
    'Scan',
    'Put',
    'Update',
    'Delete',
    'BatchWrite',
    'TransactWrite',
  ];
  const files = globSync(
    [...COMMANDS, 'TransactGet'].map(
      (name) => `${SDK}/client-dynamodb/dist-types/commands/${name}{,Item,Items}Command.d.ts`,
    ),
    { cwd: ROOT },
  );

  test('are all that these commands return', () => {
    const returned = files.flatMap((file) =>
      [...read(file).matchAll(/@throws \{@link (\w+)\}/g)].map(([, name]) => name),
    );
    expect(files).toHaveLength(10);
    expect(new Set(returned.filter((name) => name !== 'DynamoDBServiceException'))).toEqual(ITEM_ERRORS);
  });

  test('are of commands of which no others are used', () => {
    const sources = globSync(['lib/{data,storage,lambda,services}/**/*.ts', 'functions/**/*.ts'], {
      cwd: ROOT,
    });
    const imported = sources.flatMap((file) =>
      [...read(file).matchAll(/import \{([^}]*)\} from '@aws-sdk\/(?:lib|client)-dynamodb'/g)].flatMap(
        ([, names = '']) =>
          [...names.matchAll(/\b(\w+)Command\b/g)].map(([, name = '']) => name.replace(/Items?$/, '')),
      ),
    );
    expect(imported.length).toBeGreaterThan(10);
    expect(imported.filter((name) => ![...COMMANDS, 'TransactGet'].includes(name))).toEqual([]);
  });
});

test('The errors of people are those that the user pool tells apart', () => {
  const [, imported = ''] =
    /import \{([^}]*)\} from '@aws-sdk\/client-cognito-identity-provider'/.exec(
      read('lib/data/people/user-pool.ts'),
    ) ?? [];
  expect(new Set(imported.match(/\w+Exception\b/g))).toEqual(PEOPLE_ERRORS);
});

describe('A slim client', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slim-clients-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const answers = [...ITEM_ERRORS, 'TableNotFoundException', 'Unheard'].flatMap((name) => [
    {
      statusCode: 400,
      body: JSON.stringify({
        __type: `com.amazonaws.dynamodb.v20120810#${name}`,
        message: 'no',
        CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: { pk: { S: 'a' } } }],
        Item: { pk: { S: 'a' } },
      }),
    },
    { statusCode: 200, body: JSON.stringify({ Item: { pk: { S: 'a' }, size: { N: '3' } } }) },
  ]);
  async function run(entry: string, options: BuildOptions = {}, environment: Record<string, string> = {}) {
    const name = `${entry}-${options.plugins ? 'whole' : 'slim'}`;
    const entryPoints = [{ in: join(import.meta.dirname, 'bundled', `${entry}.ts`), out: name }];
    await build({ ...HANDLER_BUNDLES, ...options, outdir: folder, entryPoints });
    const env = { ...LAMBDA, ...environment, ANSWERS: JSON.stringify(answers) };
    return JSON.parse(
      execFileSync(process.execPath, [join(folder, `${name}.cjs`)], { env, encoding: 'utf8' }),
    );
  }
  // As Lambda sets them.
  const LAMBDA = {
    AWS_REGION: 'eu-central-1',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: 'get-image',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 'token',
    _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793',
    HOME: '/nonexistent',
  };

  test.each([
    ['in Lambda', {}],
    ['in the local stack', { AWS_ENDPOINT_URL_DYNAMODB: 'http://localhost:8000', AWS_MAX_ATTEMPTS: '4' }],
  ])('%s has the settings, the requests and the errors of a whole one', async (_where, environment) => {
    const slim = await run('client', {}, environment);
    const whole = await run('client', { plugins: [] }, environment);
    // The class of an error of tables is another, but not its name.
    expect(slim).toEqual(whole);
    expect(slim.sent).toHaveLength(answers.length);
  });

  test('has the errors of a whole one of people', async () => {
    const slim = await run('people');
    expect(slim).toEqual(await run('people', { plugins: [] }));
    expect(slim.map(({ kinds }: { kinds: string[] }) => kinds)).toEqual([
      ...[...PEOPLE_ERRORS].map((name) => [name]),
      ...[[], [], []],
    ]);
  });

  test('reaches the endpoints of a whole one', async () => {
    const slim = await run('endpoints');
    expect(slim).toEqual(await run('endpoints', { plugins: [] }));
    expect(slim).toContainEqual(expect.objectContaining({ url: 'https://sqs.eu-central-1.amazonaws.com/' }));
  });
});
