import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { newImage } from '../../../lib/domain/images/new-image.ts';
import { openLink, parseLink, signLink } from '../../../lib/services/images/image-link.ts';

const now = new Date('2025-11-06T12:00:00Z');
const given = { id: randomUUID(), fileName: 'x.jpg', mimeType: 'image/jpeg', fileSize: 1 };
const image = newImage(given, { role: 'doctor', subject: 'd' }, now);
const link = parseLink(new URL(signLink(image, 'http://localhost', now)).pathname.split('/').at(-1) ?? '');

test('A link opens its image', () => {
  expect(openLink(link, image, now)).toBe(image);
});

test('An image that never had a secret has no valid link', () => {
  const { linkSecret: _linkSecret, ...without } = image;
  expect(() => openLink(link, without, now)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
});
