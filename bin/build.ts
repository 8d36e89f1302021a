import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { functions } from '../functions/functions.ts';
import { operations } from '../functions/operations.ts';
import { methodsByPath } from '../lib/api/operation.ts';
import { buildWeb } from './build-web.ts';

/** The folder of the bundles: `dist/<function>/index.cjs`. */
export const BUNDLES = join(import.meta.dirname, '..', 'dist');

/**
 * Parts of the AWS SDK that find credentials on a developer's machine. Lambda has credentials in its environment. Without these
 * parts, a function that uses DynamoDB is 130 KiB smaller.
 */
const NEVER_LOADED_IN_LAMBDA = [
  '@aws-sdk/credential-provider-http',
  '@aws-sdk/credential-provider-ini',
  '@aws-sdk/credential-provider-login',
  '@aws-sdk/credential-provider-process',
  '@aws-sdk/credential-provider-sso',
  '@aws-sdk/credential-provider-web-identity',
  '@smithy/credential-provider-imds',
];

/** Event streams are loaded by S3's client at its start, and by a protocol only for operations that use one: ours do not. */
const withoutLateEventStreams: Plugin = {
  name: 'without-late-event-streams',
  setup({ onResolve }) {
    onResolve({ filter: /^@smithy\/core\/event-streams$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { external: true } : undefined,
    );
  },
};

/** Only the build creates JSON Schema, for the OpenAPI document. Without that code, each function is 18 KB smaller. */
const withoutJsonSchema: Plugin = {
  name: 'without-json-schema',
  setup({ onLoad }) {
    onLoad(
      { filter: /\/zod\/v4\/core\/(?:to-json-schema|json-schema-processors)\.js$/ },
      async ({ path }) => {
        const names = (await readFile(path, 'utf8')).matchAll(/^export (?:const|function) (\w+)/gm);
        const exported = [...names].map(([, name]) => `none as ${name}`).join(', ');
        return {
          contents: `const none = () => () => { throw new Error('no JSON Schema in a function'); };
          export { ${exported} };`,
        };
      },
    );
  },
};

/**
 * DynamoDB's client caches discovered endpoints, an option that is not used here. A `Map` instead of its LRU cache makes each
 * function that uses DynamoDB 7 KB smaller.
 */
const mapForEndpoints: Plugin = {
  name: 'map-for-endpoints',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^mnemonist\/lru-cache$/ }, ({ path }) => ({ path, namespace: 'map-for-endpoints' }));
    onLoad({ filter: /./, namespace: 'map-for-endpoints' }, () => ({
      contents: `export default class extends Map {
        constructor() { super(); }
        peek(key) { return this.get(key); }
      }`,
    }));
  },
};

/** The SDK has its own SHA-256 for a Node without `node:crypto`. Without it, each function that uses AWS is 3 KB smaller. */
const nativeSha256: Plugin = {
  name: 'native-sha256',
  setup({ onLoad }) {
    onLoad({ filter: /\/@smithy\/core\/.*\/sha256\/Sha256Js\.js$/ }, () => ({
      contents: 'export const Sha256Js = undefined;',
    }));
  },
};

/**
 * Node 24 finds out that the bytes of a secret are no `KeyObject` by two errors with their call stacks, which takes most of the time of
 * an HMAC: a third of that of a list with 100 signed URLs. Each request to AWS is signed by two HMACs.
 */
const secretsAsKeyObjects: Plugin = {
  name: 'secrets-as-key-objects',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(?:node:)?crypto$/ }, ({ importer }) =>
      /\/@smithy\/core\/.*\/(?:hash-node|Sha256Node)\.js$/.test(importer)
        ? { path: 'crypto', namespace: 'secrets-as-key-objects' }
        : undefined,
    );
    onLoad({ filter: /./, namespace: 'secrets-as-key-objects' }, () => ({
      contents: `const crypto = require('node:crypto');
        export const { createHash } = crypto;
        export const createHmac = (algorithm, secret) =>
          crypto.createHmac(algorithm, typeof secret === 'string' ? secret : crypto.createSecretKey(secret));`,
    }));
  },
};

/**
 * The signer of S3 also signs for all regions at once (SigV4A), which only Multi-Region Access Points need. Without that, each function
 * that signs requests to S3 is 3 KB smaller.
 */
const oneRegion: Plugin = {
  name: 'one-region',
  setup({ onLoad }) {
    onLoad(
      { filter: /\/@aws-sdk\/signature-v4-multi-region\/.*\/SignatureV4MultiRegion\.js$/ },
      ({ path }) => ({
        contents: `import { SignatureV4SignWithCredentials } from './SignatureV4SignWithCredentials';
          export class SignatureV4MultiRegion extends SignatureV4SignWithCredentials {
            static sigv4aDependency() { return 'none'; }
          }`,
        resolveDir: dirname(path),
      }),
    );
  },
};

/** The clients of the SDK read the version in their package.json, of which a bundle would contain all. */
const versionsOnly: Plugin = {
  name: 'versions-only',
  setup({ onLoad }) {
    onLoad({ filter: /\/node_modules\/@aws-sdk\/[^/]+\/package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/** archiver also reads folders and writes tar, which no function uses. Without them, a function with a ZIP is 100 KB smaller. */
const withoutFoldersAndTar: Plugin = {
  name: 'without-folders-and-tar',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(?:lazystream|readdir-glob|tar-stream)$/ }, ({ path }) => ({
      path,
      namespace: 'without-folders-and-tar',
    }));
    onLoad({ filter: /./, namespace: 'without-folders-and-tar' }, () => ({
      contents: 'module.exports = {};',
    }));
  },
};

/** archiver uses only the queue of async. The library's single file can't be tree-shaken. */
const queueOfAsync: Plugin = {
  name: 'queue-of-async',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^async$/ }, ({ path, resolveDir }) => ({
      path,
      namespace: 'queue-of-async',
      pluginData: resolveDir,
    }));
    onLoad({ filter: /./, namespace: 'queue-of-async' }, ({ pluginData: resolveDir }) => ({
      contents: "export { default as queue } from 'async/queue.js';",
      resolveDir,
    }));
  },
};

/** archiver computes CRC-32 in JavaScript; zlib takes a third of the time, for every byte of a ZIP. */
const nativeCrc32: Plugin = {
  name: 'native-crc32',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^crc-32$/ }, ({ path }) => ({ path, namespace: 'native-crc32' }));
    onLoad({ filter: /./, namespace: 'native-crc32' }, () => ({
      contents: `const { crc32 } = require('node:zlib');
        module.exports = { buf: (bytes, seed = 0) => crc32(bytes, seed >>> 0) | 0 };`,
    }));
  },
};

/** Files that modules read at run time. They are copied next to each bundle that contains the module. */
const READ_BY: Record<string, string> = {
  'lib/media/dicom/parse/data-dictionary.ts': 'lib/media/dicom/parse/data-dictionary.json',
};

const ROOT = join(import.meta.dirname, '..');

const COMMON = {
  absWorkingDir: ROOT,
  outdir: BUNDLES,
  bundle: true,
  minify: true,
  // For stack traces with our files and lines. Keeping names in the code would add 25 KB to each bundle.
  sourcemap: 'linked',
  sourcesContent: false,
  platform: 'node',
  target: 'node24',
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** How the handlers are bundled: `<function>/index.cjs`. */
export const HANDLER_BUNDLES = {
  ...COMMON,
  metafile: true,
  entryPoints: functions.map(({ id, entry }) => ({ in: entry, out: `${id}/index` })),
  outExtension: { '.js': '.cjs' },
  // Layers are found only by require(): imports of ES modules ignore Lambda's NODE_PATH.
  format: 'cjs',
  // The SDK loads node:http by import(), which reads all that the module exports, also its WebSocket: that loads undici, a
  // quarter of the CPU time of a function's first request. With require() it does not.
  supported: { 'dynamic-import': false },
  mainFields: ['module', 'main'],
  // CommonJS has other variables for the location of a module.
  define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
  alias: {
    '@aws-lambda-powertools/jmespath/functions': './lib/lambda/middleware/jmespath-field.ts',
    '@aws-lambda-powertools/jmespath': './lib/lambda/middleware/jmespath-field.ts',
    // archiver contains three copies of an old version of Node's stream module: 240 KB in each bundle with a ZIP.
    'readable-stream': 'node:stream',
  },
  plugins: [
    withoutJsonSchema,
    withoutLateEventStreams,
    mapForEndpoints,
    nativeSha256,
    secretsAsKeyObjects,
    oneRegion,
    versionsOnly,
    withoutFoldersAndTar,
    queueOfAsync,
    nativeCrc32,
  ],
  external: [...NEVER_LOADED_IN_LAMBDA, 'sharp'],
} satisfies BuildOptions;

/** How the scripts are bundled that functions start as processes: `<function>/<script>.mjs`. */
export const PROCESS_BUNDLES = {
  ...COMMON,
  entryPoints: functions.flatMap(({ id, processes = [] }) =>
    processes.map((script) => ({ in: script, out: `${id}/${basename(script, '.ts')}` })),
  ),
  outExtension: { '.js': '.mjs' },
  // ES modules find packages of layers only by createRequire() here; and modules that find their .wasm by import.meta.url keep working.
  format: 'esm',
} satisfies BuildOptions;

/** All at once would take esbuild 3.5 GB of memory instead of 0.7, for a sixth less time. */
const BUNDLES_AT_ONCE = 12;

/** Bundles every function into its own folder, together with the files that it needs. */
export async function buildFunctions(): Promise<void> {
  await rm(BUNDLES, { recursive: true, force: true });
  const { entryPoints } = HANDLER_BUNDLES;
  const outputs: Metafile['outputs'] = {};
  for (let at = 0; at < entryPoints.length; at += BUNDLES_AT_ONCE) {
    const some = { ...HANDLER_BUNDLES, entryPoints: entryPoints.slice(at, at + BUNDLES_AT_ONCE) };
    const { metafile } = await build(some);
    Object.assign(outputs, metafile.outputs);
  }
  await build(PROCESS_BUNDLES);
  for (const { id, assets = [] } of functions) {
    await mkdir(join(BUNDLES, id), { recursive: true });
    for (const asset of assets) await cp(join(ROOT, asset), join(BUNDLES, id, basename(asset)));
  }
  for (const [bundle, { inputs }] of Object.entries(outputs))
    for (const [module, file] of Object.entries(READ_BY))
      if (module in inputs) await cp(join(ROOT, file), join(ROOT, dirname(bundle), basename(file)));
  const methods = JSON.stringify(methodsByPath(operations));
  await writeFile(join(BUNDLES, 'other-methods', 'methods.json'), methods);
}

if (import.meta.main) await Promise.all([buildFunctions(), buildWeb()]);
