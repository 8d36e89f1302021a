import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Plugin } from 'esbuild';

/** Event streams are loaded by S3's client at its start, and by a protocol only for operations that use one: ours do not. */
const withoutLateEventStreams: Plugin = {
  name: 'without-late-event-streams',
  setup({ onResolve }) {
    onResolve({ filter: /^@smithy\/core\/event-streams$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { external: true } : undefined,
    );
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

/** What leaves out parts of other packages, or replaces them by modules of Node. */
export const SLIM_PACKAGES: Plugin[] = [
  withoutLateEventStreams,
  nativeSha256,
  secretsAsKeyObjects,
  oneRegion,
  versionsOnly,
  withoutFoldersAndTar,
  queueOfAsync,
  nativeCrc32,
];
