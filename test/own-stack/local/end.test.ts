import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { OwnStack } from '../../support/own-stack.ts';
import { until } from '../../support/service.ts';

test('A page that connects again at once does not keep the stack from its end', async () => {
  const service = new OwnStack();
  await service.start();
  const { url, token } = service.stack;
  const protocols = ['negatoscope', `bearer.${await token('doctor')}`];
  let opened = 0;
  let hasEnded = false;
  const connect = () => {
    if (hasEnded) return;
    const socket = new WebSocket(new URL('/ws', url.replace(/^http/, 'ws')), protocols);
    socket.on('open', () => {
      opened += 1;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => setTimeout(connect, 5));
  };
  for (let page = 0; page < 5; page++) connect();
  await until(async () => opened >= 5);
  const begun = performance.now();
  await service.end();
  hasEnded = true;
  // Each hook of a test has a minute; an end takes about two seconds.
  expect(performance.now() - begun).toBeLessThan(30_000);
}, 90_000);
