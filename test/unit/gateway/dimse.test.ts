import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AcceptPolicy, acceptAssociation } from '../../../lib/gateway/dimse/accept.ts';
import {
  type AssociateRequest,
  decodeAccept,
  decodeRequest,
  encodeAccept,
  encodeRequest,
} from '../../../lib/gateway/dimse/associate.ts';
import { ByteReader } from '../../../lib/gateway/dimse/byte-reader.ts';
import { type Command, decodeCommand, encodeCommand } from '../../../lib/gateway/dimse/command-set.ts';
import { encodeData, encodeRelease, PDU } from '../../../lib/gateway/dimse/pdu.ts';
import { ConnectionLost, ProtocolError } from '../../../lib/gateway/dimse/protocol-error.ts';
import { chooseTransferSyntax } from '../../../lib/gateway/dimse/sop-classes.ts';

const HEADER = 6;
const uid = fc.array(fc.nat(99_999), { minLength: 2, maxLength: 9 }).map((numbers) => numbers.join('.'));
const title = fc.stringMatching(/^[A-Z0-9_]([A-Z0-9_ ]{0,14}[A-Z0-9_])?$/);
const number = fc.nat(0xffff);

describe('What is encoded is decoded again', () => {
  const proposed = fc.record({
    id: fc.nat(127).map((half) => half * 2 + 1),
    abstractSyntax: uid,
    transferSyntaxes: fc.array(uid, { maxLength: 5 }),
  });
  const roles = fc.array(fc.record({ sopClass: uid, scu: fc.boolean(), scp: fc.boolean() }), {
    maxLength: 3,
  });

  test('an association request', () => {
    const request = fc.record({
      calledAe: title,
      callingAe: title,
      roles,
      contexts: fc.array(proposed, { maxLength: 10 }),
    });
    fc.assert(
      fc.property(request, (given) => {
        const bytes = encodeRequest({ ...given, maxPduBytes: 0 });
        expect(bytes.readUInt32BE(2)).toBe(bytes.length - HEADER);
        expect(decodeRequest(bytes.subarray(HEADER))).toMatchObject(given);
      }),
    );
  });

  test('an acceptance', () => {
    const result = fc.record({ id: fc.nat(255), result: fc.nat(4), transferSyntax: uid });
    const accept = fc.record({ calledAe: title, callingAe: title, roles, contexts: fc.array(result) });
    fc.assert(
      fc.property(accept, (given) => {
        const bytes = encodeAccept({ ...given, maxPduBytes: 0 });
        expect(decodeAccept(bytes.subarray(HEADER))).toMatchObject(given);
      }),
    );
  });

  test('a command set', () => {
    const command = fc.record(
      { field: number, messageId: number, status: number, affectedSopInstance: uid, moveDestination: title },
      { requiredKeys: ['field'] },
    ) as fc.Arbitrary<Command>;
    fc.assert(
      fc.property(command, fc.boolean(), (given, hasData) => {
        const bytes = encodeCommand(given, hasData);
        expect(bytes.length % 2).toBe(0);
        expect(decodeCommand(bytes)).toEqual({ command: given, hasData });
      }),
    );
  });
});

describe('Junk is a ProtocolError, never another one', () => {
  const codecs: [string, (bytes: Buffer) => unknown][] = [
    ['association request', decodeRequest],
    ['acceptance', decodeAccept],
    ['command set', decodeCommand],
  ];
  const valid = encodeRequest({
    calledAe: 'A',
    callingAe: 'B',
    maxPduBytes: 0,
    roles: [{ sopClass: '1.2', scu: true, scp: true }],
    contexts: [{ id: 1, abstractSyntax: '1.2.3', transferSyntaxes: ['1.2'] }],
  }).subarray(HEADER);
  const onlyProtocolErrors = (decode: (bytes: Buffer) => unknown, bytes: Buffer) => {
    try {
      decode(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(ProtocolError);
    }
  };

  test.each(codecs)('random bytes as %s', (_name, decode) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) =>
        onlyProtocolErrors(decode, Buffer.from(bytes)),
      ),
    );
  });

  test.each(codecs)('a changed and truncated request as %s', (_name, decode) => {
    fc.assert(
      fc.property(fc.nat(valid.length), fc.nat(valid.length - 1), fc.nat(255), (end, at, byte) => {
        const bytes = Buffer.from(valid);
        bytes[at] = byte;
        onlyProtocolErrors(decode, bytes.subarray(0, end));
      }),
    );
  });
});

describe('A transfer syntax', () => {
  const ct = '1.2.840.10008.5.1.4.1.1.2';
  const choose = (abstractSyntax: string, ...transferSyntaxes: string[]) =>
    chooseTransferSyntax({ id: 1, abstractSyntax, transferSyntaxes });
  const [implicit, explicit, big, jpeg] = ['', '.1', '.2', '.4.50'].map(
    (end) => `1.2.840.10008.1.2${end}`,
  ) as [string, string, string, string];

  test('is the first that the sender names', () => {
    expect(choose(ct, jpeg, explicit)).toBe(jpeg);
    expect(choose(ct, explicit, jpeg)).toBe(explicit);
  });
  test('is explicit rather than implicit or big endian', () => {
    expect(choose(ct, implicit, big, explicit)).toBe(explicit);
    expect(choose(ct, big)).toBe(big);
  });
  test('is refused if it is unknown, as a class that is not stored', () => {
    expect(choose(ct, '1.2.3')).toBeUndefined();
    expect(choose('1.2.840.10008.3.1.2.3.3', implicit)).toBeNull();
    expect(choose('1.3.46.670589.2.4.1.1', implicit)).toBe(implicit);
  });
});

test('A reader returns the same bytes, however they arrive', async () => {
  const cuts = fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(cuts, fc.integer({ min: 1, max: 30 }), async (parts, length) => {
      const whole = Buffer.concat(parts);
      const reader = new ByteReader(
        (async function* () {
          for (const part of parts) yield Buffer.from(part);
        })(),
      );
      const read: Buffer[] = [];
      for (let left = whole.length; left >= length; left -= length) read.push(await reader.exactly(length));
      expect(Buffer.concat(read).equals(whole.subarray(0, Math.floor(whole.length / length) * length))).toBe(
        true,
      );
      await expect(reader.exactly(length)).rejects.toBeInstanceOf(ConnectionLost);
    }),
  );
});

describe('An association', () => {
  const policy: AcceptPolicy = { rejection: () => undefined, choose: chooseTransferSyntax };
  const request: Omit<AssociateRequest, 'protocolVersion' | 'applicationContext'> = {
    calledAe: 'A',
    callingAe: 'B',
    maxPduBytes: 0,
    roles: [],
    contexts: [
      { id: 1, abstractSyntax: '1.2.840.10008.5.1.4.1.1.2', transferSyntaxes: ['1.2.840.10008.1.2.1'] },
    ],
  };
  const store = encodeCommand({ field: 1, messageId: 1, affectedSopInstance: '1.2.3' }, true);

  /** Sends the bytes as a peer, and returns what the acceptor receives: commands with the lengths of their data. */
  async function receive(
    bytes: Buffer,
    size = bytes.length,
  ): Promise<{ received: number[]; error: unknown }> {
    const received: number[] = [];
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const peer = connect(port, '127.0.0.1', () => {
      for (let at = 0; at < bytes.length; at += size) peer.write(bytes.subarray(at, at + size));
      peer.end();
    }).resume();
    peer.on('error', () => {});
    const [socket] = (await once(server, 'connection')) as [Socket];
    socket.on('error', () => {});
    try {
      const association = await acceptAssociation(socket, policy);
      for (let message = await association.receive(); message; message = await association.receive()) {
        let length = 0;
        for await (const part of message.data) length += part.length;
        received.push(length);
      }
      return { received, error: undefined };
    } catch (error) {
      return { received, error };
    } finally {
      socket.destroy();
      server.close();
    }
  }

  const start = encodeRequest(request);
  const end = encodeRelease(PDU.releaseRequest);
  const data = (isLast: boolean, length: number) => encodeData(1, false, isLast, Buffer.alloc(length));

  test('receives a data set in any fragments, bytes arriving one by one', async () => {
    const bytes = Buffer.concat([
      start,
      encodeData(1, true, false, store.subarray(0, 7)),
      encodeData(1, true, true, store.subarray(7)),
      data(false, 10),
      data(false, 0),
      data(true, 5),
      encodeData(1, true, true, encodeCommand({ field: 0x30, messageId: 2 }, false)),
      end,
    ]);
    expect(await receive(bytes)).toEqual({ received: [15, 0], error: undefined });
    expect(await receive(bytes, 1)).toEqual({ received: [15, 0], error: undefined });
  });

  test.each<[string, Buffer[], string]>([
    ['junk', [Buffer.from('GET / HTTP/1.1\r\n\r\n')], 'type 71'],
    ['a request of 4 GB', [Buffer.from([1, 0, 255, 255, 255, 255])], '4294967295 bytes'],
    ['a P-DATA of 4 GB', [start, Buffer.from([4, 0, 255, 255, 255, 255])], '4294967295 bytes'],
    [
      'a value longer than its PDU',
      [start, Buffer.from([4, 0, 0, 0, 0, 8, 0, 0, 1, 0, 1, 3, 0, 0])],
      'longer',
    ],
    ['a value of a negative length', [start, Buffer.from([4, 0, 0, 0, 0, 6, 0, 0, 0, 0, 1, 3])], 'longer'],
    ['an unknown context', [start, encodeData(3, true, true, store)], 'context 3'],
    ['a data set without a command', [start, data(true, 3)], 'expected'],
    [
      'a command within a data set',
      [start, encodeData(1, true, true, store), encodeData(1, true, true, store)],
      'another message',
    ],
    [
      'a release within a data set',
      [start, encodeData(1, true, true, store), data(false, 3), end],
      'released',
    ],
    [
      'a command without an end',
      [start, ...Array(9).fill(encodeData(1, true, false, Buffer.alloc(4096)))],
      'too long',
    ],
    ['a second request', [start, start], 'type 1'],
    ['an end in a data set', [start, encodeData(1, true, true, store), data(false, 3)], 'ended'],
    ['an end in a PDU', [start, end.subarray(0, 5)], 'ended'],
  ])('ends with a clear reason for %s', async (_name, parts, reason) => {
    const { error } = await receive(Buffer.concat(parts));
    expect(String(error)).toContain(reason);
  });

  test('ends with a ProtocolError or a lost connection for anything else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
        const { error } = await receive(Buffer.concat([start, bytes]));
        expect(error instanceof ProtocolError || error instanceof ConnectionLost, String(error)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
