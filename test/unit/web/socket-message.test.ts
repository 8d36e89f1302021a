import { expect, test } from 'vitest';
import { parseSocketMessage } from '../../../web/src/live-updates/socket-message.ts';

test('A frame with a type is a message', () => {
  const message = { type: 'EXPORT_READY', export: { id: 'e' } };
  expect(parseSocketMessage(JSON.stringify(message))).toEqual(message);
});

test('An error of API Gateway, which has no type, is none', () => {
  const error = { message: 'Internal server error', connectionId: 'L0SM9cOFvHcCIhw=', requestId: 'r' };
  expect(parseSocketMessage(JSON.stringify(error))).toBeUndefined();
});
