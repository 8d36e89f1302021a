import { describe, expect, test } from 'vitest';
import { DomainError } from '../../../lib/domain/errors.ts';
import { chooseOffer, describeOffer, type Offer } from '../../../lib/lambda/http/content-negotiation.ts';

const JPEG_2000 = '1.2.840.10008.1.2.4.90';
const LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

/** The available types of a frame that is stored as JPEG 2000. */
const FRAMES: Offer[] = [
  { type: 'multipart/related', part: 'image/jp2', transferSyntax: JPEG_2000 },
  {
    type: 'multipart/related',
    part: 'application/octet-stream',
    transferSyntax: JPEG_2000,
    onlyIfSyntaxIsNamed: true,
  },
  { type: 'multipart/related', part: 'application/octet-stream', transferSyntax: LITTLE_ENDIAN },
  { type: 'application/octet-stream', transferSyntax: LITTLE_ENDIAN },
];
const PICTURES: Offer[] = [{ type: 'image/jpeg' }, { type: 'image/png' }];

const choose = (accept: string | undefined, offers: readonly Offer[]) =>
  describeOffer(chooseOffer({ headers: { accept }, query: {} }, offers));

const STORED = 'multipart/related; type="image/jp2"; transfer-syntax=1.2.840.10008.1.2.4.90';
const STORED_BYTES =
  'multipart/related; type="application/octet-stream"; transfer-syntax=1.2.840.10008.1.2.4.90';
const DECODED = 'multipart/related; type="application/octet-stream"; transfer-syntax=1.2.840.10008.1.2.1';

test.each([
  [undefined, STORED],
  ['', STORED],
  ['*/*', STORED],
  ['multipart/related', STORED],
  // Python's dicomweb-client, without a type.
  ['multipart/related; type="*/*"', STORED],
  ['multipart/related; type="image/*"', STORED],
  ['multipart/related; type="image/jp2"; transfer-syntax=1.2.840.10008.1.2.4.90', STORED],
  ['multipart/related;type=image/jp2;transfer-syntax="1.2.840.10008.1.2.4.90"', STORED],
  ['Multipart/Related; Type="image/JP2"', STORED],
  ['multipart/related; type="application/octet-stream"', DECODED],
  ['multipart/related; type=application/octet-stream', DECODED],
  ['multipart/related; type="application/octet-stream"; transfer-syntax=1.2.840.10008.1.2.1', DECODED],
  // Viewers with their own decoder ask for any syntax as bytes.
  ['multipart/related; type=application/octet-stream; transfer-syntax=*', STORED_BYTES],
  ['application/octet-stream', 'application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1'],
  ['multipart/related; type="image/jls", multipart/related; type="application/octet-stream"', DECODED],
  ['multipart/related; type="image/jp2"; q=0.1, multipart/related; type="application/octet-stream"', DECODED],
  ['*/*; q=0.1, multipart/related; type="application/octet-stream"; q=0.5', DECODED],
  ['nonsense, ;;, multipart/related; type="image/jp2"', STORED],
])('Accept: %s is answered with %s', (accept, answer) => {
  expect(choose(accept, FRAMES)).toBe(answer);
});

describe('No type is acceptable', () => {
  test.each([
    'multipart/related; type="image/jls"',
    'multipart/related; type="image/jp2"; transfer-syntax=1.2.840.10008.1.2.4.91',
    'image/png',
    'text/html',
    '*/*; q=0',
    'multipart/related; type="application/octet-stream"; q=0, multipart/related; type="image/jp2"; q=0',
  ])('for Accept: %s', (accept) => {
    expect(() => choose(accept, FRAMES)).toThrow(
      expect.objectContaining({
        code: 'NOT_ACCEPTABLE',
        details: expect.arrayContaining([`available: ${STORED}`]),
      }),
    );
  });
});

test('A more specific media range takes precedence over a wider one', () => {
  expect(choose('image/*, image/jpeg; q=0.2', PICTURES)).toBe('image/png');
  expect(choose('image/png; q=0, image/*', PICTURES)).toBe('image/jpeg');
});

test('The query parameter of a link takes precedence over the header of the browser', () => {
  const asked = { headers: { accept: 'text/html,*/*;q=0.8' }, query: { accept: 'image/png' } };
  expect(chooseOffer(asked, PICTURES)).toEqual({ type: 'image/png' });
  expect(() => chooseOffer({ headers: {}, query: { accept: 'image/gif' } }, PICTURES)).toThrow(DomainError);
});
