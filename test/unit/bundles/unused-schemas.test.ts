import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { expect, test } from 'vitest';
import { withoutEffects, withoutUnusedSchemas } from '../../../bin/bundles/unused-schemas.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

const SOURCE = `import * as z from 'zod';
export const Id = z.uuid();
const inner = z.object({
  id: Id,
  names: z.array(z.string()),
}), other = 7;
export const plain = { a: f() };
export const later = () => f();
export function f() {
  const local = z.string();
  return local;
}
`;

test('only calls that initialize constants of the module are put into functions, each line in its place', () => {
  expect(withoutEffects(SOURCE)).toBe(
    SOURCE.replace('z.uuid()', '/* @__PURE__ */ (() => z.uuid())()').replace(
      /z\.object\([\s\S]*?\}\)/,
      (call) => `/* @__PURE__ */ (() => ${call})()`,
    ),
  );
});

const LOCAL_TIME = 'must be a local date and time';

test.each([
  ['a schema that nothing uses is left out', 'Id', [withoutUnusedSchemas], false],
  ['without that, it is not', 'Id', [], true],
  ['a schema that something uses stays', 'LocalTime', [withoutUnusedSchemas], true],
] as [string, string, Plugin[], boolean][])('%s', async (_text, name, plugins, isThere) => {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { ${name} } from './lib/domain/identifiers.ts'; console.log(${name});`,
      resolveDir: ROOT,
    },
    ...{ bundle: true, write: false, platform: 'node', plugins },
  });
  expect(outputFiles[0]?.text.includes(LOCAL_TIME)).toBe(isThere);
});
