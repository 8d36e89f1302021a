import { beforeAll, expect, test } from 'vitest';
import type { Image } from '../../../lib/domain/images/image.ts';
import { newImage } from '../../../lib/domain/images/new-image.ts';
import { Limits } from '../../../lib/domain/limits/limits.ts';
import { signUpload } from '../../../lib/storage/sign-upload.ts';
import { SignedUrls } from '../../../lib/storage/signed-urls.ts';
import { thumbnailOf } from '../../../lib/storage/thumbnails.ts';

const QUARTER_OF_AN_HOUR_MS = 15 * 60_000;
/** Each is at another place within the five minutes for which a URL stays the same. */
const MOMENTS = ['12:00:00.000', '12:00:00.001', '12:02:31.000', '12:04:59.999'].map(
  (time) => new Date(`2026-03-01T${time}Z`),
);
const ID = '0190a5a2-7b1e-7c3a-9d2e-5f1b2c3d4e5f';

beforeAll(() => {
  process.env.AWS_ACCESS_KEY_ID = 'test';
  process.env.AWS_SECRET_ACCESS_KEY = 'test';
});

/** When S3 refuses a signed URL (S3 API reference, "Authenticating Requests: Using Query Parameters"). */
function endOf(url: string): number {
  const { searchParams } = new URL(url);
  const signedAt = (searchParams.get('X-Amz-Date') ?? '').replace(
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
    '$1-$2-$3T$4:$5:$6Z',
  );
  return Date.parse(signedAt) + Number(searchParams.get('X-Amz-Expires')) * 1000;
}

const image = {
  ...newImage(
    { id: ID, fileName: 'heel.jpg', mimeType: 'image/jpeg', fileSize: 1000 },
    { role: 'staff', subject: 'anna' },
    new Date(0),
  ),
  status: 'ready',
  key: `images/${ID}.jpg`,
} as const satisfies Image;

test.each(MOMENTS)('By default no signed URL lives longer than 15 minutes: one signed at %s', async (now) => {
  const urls = new SignedUrls('bucket');
  const limits = Limits.parse({});
  const uploads = await signUpload(image, urls, limits, now);
  const download = await urls.download({ key: 'images/a' }, limits.downloadUrlSeconds, now);
  const thumbnail = await thumbnailOf(image, urls, now);
  for (const url of [uploads.url, download.url, thumbnail?.url ?? '']) {
    const livesMs = endOf(url) - now.getTime();
    expect(livesMs).toBeLessThanOrEqual(QUARTER_OF_AN_HOUR_MS);
    expect(livesMs).toBeGreaterThanOrEqual((QUARTER_OF_AN_HOUR_MS * 2) / 3 - 1000);
  }
  expect(Date.parse(download.expiresAt)).toBe(endOf(download.url));
});

test('Repeated lists have the same download URLs for some minutes, so that browsers can use their cache', async () => {
  const urls = new SignedUrls('bucket');
  const signed = await Promise.all(MOMENTS.map((now) => urls.download({ key: 'images/a' }, 900, now)));
  expect(new Set(signed.map(({ url }) => url)).size).toBe(1);
});

test('A download URL of a few seconds is not over before it is used', async () => {
  const now = new Date('2026-03-01T12:00:09.900Z');
  const { url } = await new SignedUrls('bucket').download({ key: 'images/a' }, 10, now);
  expect(endOf(url) - now.getTime()).toBeGreaterThan(5000);
});

test.each(['uploadUrlSeconds', 'downloadUrlSeconds'])(
  'The limit %s promises no more than the credentials of a function surely last',
  (name) => {
    expect(Limits.safeParse({ [name]: 3600 }).success).toBe(true);
    expect(Limits.safeParse({ [name]: 3601 }).success).toBe(false);
  },
);
