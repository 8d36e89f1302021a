import { beforeAll, expect, test } from 'vitest';
import { photo } from '../fixtures/photos.ts';
import { type Client, createBatch, decided, upload, useService } from '../support/service.ts';
import { readZip } from '../support/unzip.ts';

const service = useService();
let doctor: Client;
beforeAll(async () => {
  doctor = await service.as('doctor');
});

/** Names that someone's computer, or someone, gives to files. */
const NAMES = [
  ...[
    '../../x.jpg',
    '..\\..\\x.jpg',
    '/etc/passwd',
    'C:\\x.jpg',
    './x.jpg',
    '..',
    '.',
    '~/x.jpg',
    'a/b/c.jpg',
  ],
  ...[
    'CON.png',
    'con',
    'NUL.jpg',
    'COM1.jpg',
    'lpt9',
    'aux.tar.gz',
    'x.jpg.',
    'x.jpg ',
    ' x.jpg',
    '.htaccess',
    '-rf',
  ],
  ...[
    'a\r\nb.jpg',
    'a\nb.jpg',
    'a\tb.jpg',
    'a\u0000b.jpg',
    'a\u007fb.jpg',
    'a\u2028b.jpg',
    '\ufeffx.jpg',
    'x\u200b.jpg',
  ],
  ...['x.jpg', 'X.jpg', 'x.JPG', 'X.JPG', 'x.jpg', 'x (2).jpg', 'X (2).jpg'],
  ...['é.jpg', 'e\u0301.jpg', 'É.jpg', 'ﬁ.jpg', 'fi.jpg', 'ß.jpg', 'SS.jpg', 'Å.jpg', '\u212b.jpg'],
  ...['photo\u202egpj.exe', '\u2066x\u2069.jpg', 'שלום.jpg', '足.jpg', '🦶.jpg', '🦶🏽.jpg'],
  ...[`${'x'.repeat(300)}.jpg`, `${'x'.repeat(300)}.JPG`, `${'足'.repeat(300)}.jpg`, 'x'.repeat(1024)],
  ...['<script>.jpg', 'a"b.jpg', "a'b.jpg", 'a:b*c?.jpg', 'a|b.jpg', '%2e%2e%2fx.jpg'],
];

test('Sixty odd names in one batch are sixty safe and distinct entries of its ZIP', {
  timeout: 120_000,
}, async () => {
  expect(NAMES).toHaveLength(60);
  const batch = await createBatch(doctor);
  const files = await Promise.all(NAMES.map((name, seed) => photo({ width: 8, height: 8, name, seed })));
  for (const id of await upload(doctor, batch, files)) {
    expect(await decided(doctor, id)).toMatchObject({ status: 'ready' });
  }
  const response = await doctor.send('GET', `/api/images/batches/${batch}/download/`);
  // The reader itself refuses absolute names, `..` and backslashes.
  const entries = await readZip(Buffer.from(await response.arrayBuffer()));
  expect(entries.map(({ content }) => content)).toEqual(files.map(({ bytes }) => Buffer.from(bytes)));
  for (const { name } of entries) {
    expect(name).not.toMatch(/[\p{Cc}\p{Cf}/\\:*?"<>|]|^[.~ -]|[. ]$/u);
    expect(name).not.toMatch(/^(con|nul|aux|prn|com\d|lpt\d)(\.|$)/i);
  }
  expect(new Set(entries.map(({ name }) => name.normalize('NFKC').toLowerCase())).size).toBe(60);
});
