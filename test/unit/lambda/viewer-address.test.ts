import { expect, test } from 'vitest';
import { viewerAddress } from '../../../lib/lambda/http/viewer-address.ts';

test.each([
  [{}, '192.0.2.7', '192.0.2.7'],
  [{ 'X-Viewer-Address': '192.0.2.7' }, '192.0.2.7', '192.0.2.7'],
  [{ 'x-viewer-address': '2001:db8::7' }, '198.51.100.1', '2001:db8::7 via 198.51.100.1'],
  [{ 'x-viewer-address': 'x'.repeat(5000) }, '198.51.100.1', '198.51.100.1'],
  [null, undefined, null],
])(
  'With %j from %s, the audit log has %s: a client can not hide behind a header',
  (headers, sourceIp, address) => {
    expect(viewerAddress(headers, sourceIp)).toBe(address);
  },
);
