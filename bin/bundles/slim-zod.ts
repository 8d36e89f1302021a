import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';
import { replacing } from './replacing.ts';

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

/** A method of Zod's texts that checks a format, and its name. */
export const FORMAT_METHOD =
  /^ {4}(\w+)\(params\) \{\n {8}return this\.check\(core\._\w+\(Zod(?!Number)\w+, params\)\);\n {4}\},\n/gm;

/** A method that gives a copy of a schema a description or examples, which only the OpenAPI document shows. */
export const DESCRIBING_METHOD = /^ {4}(describe|meta)\([^)]*\) \{\n[\s\S]*?\n {4}\},\n/gm;

/**
 * What no schema here has: formats as methods of texts, such as `z.string().email()`, of which each function would have all, and
 * references to itself, for which Zod watches all values. Without helpers that nothing here calls, too. 16 KB. A schema with a
 * description or examples is no copy: that makes a sixth fewer.
 */
const plainSchemas = replacing('plain-schemas', /\/zod\/v4\/classic\/schemas\.js$/, (source) =>
  source
    .replace(FORMAT_METHOD, '')
    .replace(DESCRIBING_METHOD, '    $1() {\n        return this;\n    },\n')
    // esbuild keeps all of a namespace that is used as a member of another one.
    .replace('import { util } from "../core/index.js";', 'import * as util from "../core/util.js";')
    .replaceAll('core.util.', 'util.')
    .replace(/^ {4}if \(!core\.globalConfig\.memoizer\)\n.*core\.memoizer\(\).*\n/m, ''),
);

/**
 * Zod gives each kind of schema its own copies of some forty methods, and binds each to a schema when it is read. Here the kinds inherit
 * the methods. Together with `withoutAddedMethods` and the copies that `plainSchemas` saves, it makes a cold start a tenth shorter.
 */
const inheritedMethods = replacing('inherited-methods', /\/zod\/v4\/core\/util\.js$/, (source) =>
  source.replace(
    /^export function members\(proto, table\) \{\n[\s\S]*?\n\}\n/m,
    `const inherited = new Map();
export function members(proto, table) {
  const parent = Object.getPrototypeOf(proto);
  const byParent = inherited.get(table) ?? new Map();
  inherited.set(table, byParent);
  if (!byParent.has(parent)) {
    const methods = Object.getOwnPropertyDescriptors(table);
    for (const name in methods) methods[name].enumerable = false;
    byParent.set(parent, Object.create(parent, methods));
  }
  Object.setPrototypeOf(proto, byParent.get(parent));
}
`,
  ),
);

/** Zod looks at each new schema for methods that others have added to its kind: nothing here adds any. */
const withoutAddedMethods = replacing('without-added-methods', /\/zod\/v4\/core\/core\.js$/, (source) =>
  source.replace(/^( *)const proto = _\.prototype;\n\1for \(const k in proto\) \{\n[\s\S]*?\n\1\}\n/m, ''),
);

/** Zod's messages in English only. The others are in no bundle, but esbuild would read and link them for each. */
const englishOnly = replacing(
  'english-only',
  /\/zod\/v4\/locales\/index\.js$/,
  "export { default as en } from './en.js';",
);

/** What leaves out parts of Zod that no schema here needs. */
export const SLIM_ZOD: Plugin[] = [
  withoutJsonSchema,
  plainSchemas,
  inheritedMethods,
  withoutAddedMethods,
  englishOnly,
];
