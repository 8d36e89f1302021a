import { expect, test } from 'vitest';
import { isReply, parseSocketMessage } from '../../../web/src/live-updates/socket-message.ts';

test('A frame with a type is a message', () => {
  const message = { type: 'EXPORT_READY', export: { id: 'e' } };
  expect(parseSocketMessage(JSON.stringify(message))).toEqual(message);
});

test('An answer to what the page shows is no message about a change', () => {
  const answers = [
    { type: 'SHOWN', patient: null },
    { type: 'ERROR', statusCode: 404 },
  ];
  for (const answer of answers) {
    const parsed = parseSocketMessage(JSON.stringify(answer));
    expect(parsed && isReply(parsed)).toBe(true);
  }
  const message = parseSocketMessage(JSON.stringify({ type: 'EXPORT_READY', export: { id: 'e' } }));
  expect(message && isReply(message)).toBe(false);
});

test('An error of API Gateway, which has no type, is none', () => {
  const error = { message: 'Internal server error', connectionId: 'L0SM9cOFvHcCIhw=', requestId: 'r' };
  expect(parseSocketMessage(JSON.stringify(error))).toBeUndefined();
});
