import type { Socket } from 'node:net';
import type { ByteReader } from './byte-reader.ts';
import { COMMAND, type Command, decodeCommand, encodeCommand } from './command-set.ts';
import {
  encodeAbort,
  encodeData,
  encodeRelease,
  MAX_PDU_BYTES,
  PDU,
  PDU_HEADER_BYTES,
  PDV_HEADER_BYTES,
} from './pdu.ts';
import { ABORT_REASON, ConnectionLost, ProtocolError } from './protocol-error.ts';

/** An accepted presentation context. */
export interface AcceptedContext {
  id: number;
  abstractSyntax: string;
  transferSyntax: string;
}

/** A message (PS3.7 6.3): its command set, and its data set as it arrives. */
export interface Message {
  context: AcceptedContext;
  command: Command;
  /** Empty if the message has no data set. What is not read is discarded at the next message. */
  data: AsyncIterable<Buffer>;
}

/** Who takes part, and what was agreed. */
export interface Agreement {
  calledAe: string;
  callingAe: string;
  contexts: AcceptedContext[];
  /** The largest P-DATA that the peer accepts; 0 is no limit. */
  peerMaxPduBytes: number;
}

/** One slice of a presentation data value. */
interface Slice {
  contextId: number;
  isCommand: boolean;
  /** Whether it is the end of the last value of a command set or data set. */
  isEnd: boolean;
  bytes: Buffer;
}

/** Largest command set. The longest elements have 64 characters. */
const MAX_COMMAND_BYTES = 16 * 1024;
/** How long a peer may take for one PDU, or to accept what we send: 128 KB, also on a slow line. */
const PDU_MS = 60_000;
/** How long an association may be silent between two messages. */
const IDLE_MS = 5 * 60_000;

const NOTHING = Buffer.alloc(0);

/**
 * An association after its negotiation (PS3.8 7, PS3.7 6). It reads as much from the connection as is asked for, so the
 * peer can send no faster than the receiver stores, and no PDU is ever whole in memory.
 */
export class Association {
  readonly agreement: Agreement;
  readonly #socket: Socket;
  readonly #reader: ByteReader;
  readonly #contexts: ReadonlyMap<number, AcceptedContext>;
  #pduLeft = 0;
  #pdv = { contextId: 0, isCommand: false, isLast: false, left: 0 };
  #hasUnreadData = false;
  #ahead: Promise<Message | undefined> | undefined;

  constructor(socket: Socket, reader: ByteReader, agreement: Agreement) {
    this.agreement = agreement;
    this.#socket = socket;
    this.#reader = reader;
    this.#contexts = new Map(agreement.contexts.map((context) => [context.id, context]));
  }

  /** Whether nothing can be sent any more. */
  get isClosed(): boolean {
    return !this.#socket.writable;
  }

  /** Returns the next message, or undefined after the peer released the association. */
  async receive(): Promise<Message | undefined> {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    return ahead ? this.#within(IDLE_MS, () => ahead) : this.#receive(IDLE_MS);
  }

  /**
   * Watches for a C-CANCEL-RQ (PS3.7 9.3.2.3) while responses are sent. Another message waits for the next `receive`.
   */
  watchForCancel(messageId: number): { isCancelled: boolean } {
    const watched = { isCancelled: false };
    const ahead = this.#receive();
    this.#ahead = ahead.then((message) => {
      const { field, respondedTo } = message?.command ?? {};
      if (field !== COMMAND.cancel) return message;
      if (respondedTo === messageId) watched.isCancelled = true;
      return this.#receive(IDLE_MS);
    });
    // The next `receive` reports it.
    this.#ahead.catch(() => undefined);
    return watched;
  }

  /** Sends a message; its data set as it is read. */
  async send(
    contextId: number,
    command: Command,
    data?: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<void> {
    await this.#sendValue(contextId, true, [encodeCommand(command, data !== undefined)]);
    if (data) await this.#sendValue(contextId, false, data);
  }

  /** Releases the association as its requestor (PS3.8 7.2), and waits for the response. */
  async release(): Promise<void> {
    await this.#write(encodeRelease(PDU.releaseRequest));
    // What the peer still sends does not matter.
    while (await this.#nextSlice(PDU_MS));
    this.#socket.end();
  }

  /** Aborts the association: it can not go on. */
  abort(): void {
    if (this.#socket.writable) this.#socket.end(encodeAbort(ABORT_REASON.notSpecified));
    this.#socket.destroySoon();
  }

  async #receive(idleMs?: number): Promise<Message | undefined> {
    while (this.#hasUnreadData) this.#noteEnd(await this.#nextSlice(PDU_MS));
    const parts: Buffer[] = [];
    let bytes = 0;
    for (;;) {
      const slice = await this.#nextSlice(parts.length === 0 ? idleMs : PDU_MS);
      if (!slice) return undefined;
      if (!slice.isCommand) throw new ProtocolError('a data set came where a command set was expected');
      bytes += slice.bytes.length;
      if (bytes > MAX_COMMAND_BYTES) throw new ProtocolError('the command set is too long');
      parts.push(slice.bytes);
      if (!slice.isEnd) continue;
      const { command, hasData } = decodeCommand(Buffer.concat(parts));
      this.#hasUnreadData = hasData;
      return { context: this.#contextOf(slice.contextId), command, data: this.#data(slice.contextId) };
    }
  }

  async *#data(contextId: number): AsyncGenerator<Buffer> {
    while (this.#hasUnreadData) {
      const slice = await this.#nextSlice(PDU_MS);
      if (slice && (slice.isCommand || slice.contextId !== contextId))
        throw new ProtocolError('another message came before the end of the data set');
      this.#noteEnd(slice);
      if (slice && slice.bytes.length > 0) yield slice.bytes;
    }
  }

  #noteEnd(slice: Slice | undefined): void {
    if (!slice) throw new ProtocolError('the association was released within a data set');
    if (slice.isEnd) this.#hasUnreadData = false;
  }

  #contextOf(id: number): AcceptedContext {
    const context = this.#contexts.get(id);
    if (!context) throw new ProtocolError(`the presentation context ${id} was not accepted`);
    return context;
  }

  /** Returns undefined when the association was released. @param waitMs how long the peer may be silent before a PDU */
  async #nextSlice(waitMs: number | undefined): Promise<Slice | undefined> {
    if (this.#pdv.left === 0) {
      if (this.#pduLeft === 0 && !(await this.#nextDataPdu(waitMs))) return undefined;
      await this.#nextValue();
    }
    const { contextId, isCommand, isLast, left } = this.#pdv;
    const bytes = left === 0 ? NOTHING : await this.#within(PDU_MS, () => this.#reader.some(left));
    if (left > 0 && bytes.length === 0)
      throw new ConnectionLost('the connection ended in the middle of a message');
    this.#pdv.left -= bytes.length;
    return { contextId, isCommand, isEnd: isLast && this.#pdv.left === 0, bytes };
  }

  /** Reads up to the content of the next P-DATA. Returns false when the association was released. */
  async #nextDataPdu(waitMs: number | undefined): Promise<boolean> {
    const { type, length } = await readPduHeader((work) => this.#within(waitMs, work), this.#reader);
    if (type === PDU.data) {
      if (length > MAX_PDU_BYTES)
        throw new ProtocolError(`a P-DATA of ${length} bytes came; ${MAX_PDU_BYTES} are allowed`);
      this.#pduLeft = length;
      return true;
    }
    if (length !== 4) throw new ProtocolError(`a PDU of type ${type} has ${length} bytes`);
    await this.#within(PDU_MS, () => this.#reader.exactly(length));
    if (type === PDU.releaseRequest) {
      await this.#write(encodeRelease(PDU.releaseResponse));
      this.#socket.end();
      return false;
    }
    if (type === PDU.releaseResponse) return false;
    if (type === PDU.abort) throw new ConnectionLost('the peer aborted the association');
    throw new ProtocolError(`a PDU of type ${type} came within the association`, ABORT_REASON.unexpectedPdu);
  }

  async #nextValue(): Promise<void> {
    if (this.#pduLeft < PDV_HEADER_BYTES) throw new ProtocolError('a presentation data value is incomplete');
    const header = await this.#within(PDU_MS, () => this.#reader.exactly(PDV_HEADER_BYTES));
    const left = header.readUInt32BE(0) - 2;
    this.#pduLeft -= PDV_HEADER_BYTES + left;
    if (left < 0 || this.#pduLeft < 0)
      throw new ProtocolError('a presentation data value is longer than its PDU');
    const control = header.readUInt8(5);
    this.#pdv = {
      contextId: header.readUInt8(4),
      isCommand: (control & 1) === 1,
      isLast: (control & 2) === 2,
      left,
    };
  }

  /** Sends a command set or a data set in as many values as the peer's limit requires (PS3.8 7.6). */
  async #sendValue(
    contextId: number,
    isCommand: boolean,
    parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<void> {
    const { peerMaxPduBytes } = this.agreement;
    const most = Math.min(peerMaxPduBytes || MAX_PDU_BYTES, MAX_PDU_BYTES) - PDV_HEADER_BYTES;
    if (most < 1) throw new ProtocolError(`the peer accepts only ${peerMaxPduBytes} bytes in a PDU`);
    // The last value must be known when it is sent, so one is held back.
    let held: Uint8Array | undefined;
    for await (const part of parts) {
      for (let at = 0; at < part.length; at += most) {
        if (held) await this.#write(encodeData(contextId, isCommand, false, held));
        held = part.subarray(at, at + most);
      }
    }
    await this.#write(encodeData(contextId, isCommand, true, held ?? NOTHING));
  }

  #write(bytes: Uint8Array): Promise<void> {
    return this.#within(
      PDU_MS,
      () =>
        new Promise((resolve, reject) => {
          this.#socket.write(bytes, (error) => (error ? reject(lost(error)) : resolve()));
        }),
    );
  }

  #within<T>(ms: number | undefined, work: () => Promise<T>): Promise<T> {
    return within(this.#socket, ms, work);
  }
}

/** Waits for the work of a connection; if it takes longer, the connection is closed, which ends the work. */
export async function within<T>(socket: Socket, ms: number | undefined, work: () => Promise<T>): Promise<T> {
  const slow = ms && setTimeout(() => socket.destroy(lost(`it was silent for ${ms / 1000} s`)), ms);
  try {
    return await work();
  } catch (error) {
    throw error instanceof ProtocolError ? error : lost(error);
  } finally {
    clearTimeout(slow);
  }
}

const lost = (cause: unknown) =>
  cause instanceof ConnectionLost
    ? cause
    : new ConnectionLost(cause instanceof Error ? cause.message : String(cause));

/** @param wait how to wait for the first byte */
export async function readPduHeader(
  wait: <T>(work: () => Promise<T>) => Promise<T>,
  reader: ByteReader,
): Promise<{ type: number; length: number }> {
  const header = await wait(() => reader.exactly(PDU_HEADER_BYTES));
  return { type: header.readUInt8(0), length: header.readUInt32BE(2) };
}
