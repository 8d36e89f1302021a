import { MessageSender } from './message-sender.ts';

/** The dead-letter queue of a function, which has an alarm. */
export class DeadLetters {
  readonly #url: string;
  readonly #sender = new MessageSender();

  constructor(url: string) {
    this.#url = url;
  }

  async add(message: string): Promise<void> {
    await this.#sender.send(this.#url, message);
  }
}
