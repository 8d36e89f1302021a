import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { Message } from '../../api/notifications.ts';

/** The open sockets. Where their API is, the SDK reads from `AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI`. */
export class Sockets {
  readonly #client = new ApiGatewayManagementApiClient({
    // One that hangs keeps those waiting to whom the next message goes.
    requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
  });

  /** False where the connection is gone. */
  async send(ConnectionId: string, message: Message): Promise<boolean> {
    const Data = JSON.stringify(message);
    return this.#unlessGone(this.#client.send(new PostToConnectionCommand({ ConnectionId, Data })));
  }

  /** False where it was gone already. */
  async close(ConnectionId: string): Promise<boolean> {
    return this.#unlessGone(this.#client.send(new DeleteConnectionCommand({ ConnectionId })));
  }

  async #unlessGone(sent: Promise<unknown>): Promise<boolean> {
    try {
      await sent;
      return true;
    } catch (error) {
      if (error instanceof GoneException) return false;
      throw error;
    }
  }
}
