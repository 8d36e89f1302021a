import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, expect, test } from 'vitest';
import { codestream } from '../../fixtures/codestreams.ts';
import { dicomFile, encapsulated, imageOf } from '../../fixtures/dicoms.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'dicom-bundle-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('The codecs work in a bundle, with their WebAssembly beside it and without packages', async () => {
  const entry = join(folder, 'entry.ts');
  const media = join(root, 'lib', 'media', 'dicom');
  writeFileSync(
    entry,
    `import { readFileSync } from 'node:fs';
     import { decodeFrame } from ${JSON.stringify(join(media, 'decode/decode-frame.ts'))};
     import { describePixels } from ${JSON.stringify(join(media, 'parse/describe-pixels.ts'))};
     import { readDicom } from ${JSON.stringify(join(media, 'parse/read-dicom.ts'))};
     const file = readDicom(readFileSync(process.argv[2]));
     decodeFrame(file, describePixels(file), 0).then(({ samples }) => console.log(samples.join()));`,
  );
  // With the settings of bin/build.ts for functions and their processes.
  const common = { bundle: true, minify: true, platform: 'node', target: 'node24', outdir: folder } as const;
  await build({
    ...common,
    entryPoints: [{ in: entry, out: 'index' }],
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    mainFields: ['module', 'main'],
    define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
  });
  const script = { in: join(media, 'decode/codec-process.ts'), out: 'codec-process' };
  await build({ ...common, entryPoints: [script], outExtension: { '.js': '.mjs' }, format: 'esm' });
  const wasm = 'dcmjs-native-codecs.wasm';
  copyFileSync(join(root, 'node_modules', 'dcmjs-codecs', 'build', wasm), join(folder, wasm));

  const samples = Uint8Array.from({ length: 64 }, (_value, i) => i * 3);
  const fragments = [
    new Uint8Array(),
    await codestream('encodeJpegLs', {
      columns: 8,
      rows: 8,
      samplesPerPixel: 1,
      bitsAllocated: 8,
      bitsStored: 8,
      samples,
    }),
  ];
  writeFileSync(
    join(folder, 'file.dcm'),
    dicomFile(imageOf(8, 8, { fragments }), encapsulated('1.2.840.10008.1.2.4.80')),
  );
  const output = execFileSync(process.execPath, [join(folder, 'index.cjs'), join(folder, 'file.dcm')], {
    encoding: 'utf8',
    timeout: 30_000,
    env: {},
  });
  expect(output.trim()).toBe(samples.join());
});
