import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { directAccess } from '../support/direct-access.ts';
import { listen } from '../support/listener.ts';
import { OwnStack } from '../support/own-stack.ts';

test('Connections end with the stack, and leave nothing', async () => {
  const service = new OwnStack();
  onTestFinished(() => service.end());
  await service.start();
  const { socket } = await listen(service, 'staff');
  const closed = once(socket, 'close');
  await service.stop();
  expect((await closed)[0]).toBe(1001);
  await service.start();
  const { connections } = await directAccess(service);
  expect(await connections.listFor({})).toEqual([]);
});
