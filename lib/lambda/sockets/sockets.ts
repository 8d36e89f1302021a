import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { Message } from '../../api/notifications.ts';

/** The open WebSockets. The SDK reads the URL of their API from `AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI`. */
export class Sockets {
  readonly #client = new ApiGatewayManagementApiClient({
    // A request that hangs delays the messages to all others.
    requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
  });

  /** Sends a message. Returns false if the connection no longer exists. */
  async send(ConnectionId: string, message: Message): Promise<boolean> {
    const Data = JSON.stringify(message);
    return this.#unlessGone(this.#client.send(new PostToConnectionCommand({ ConnectionId, Data })));
  }

  /** Closes a connection. Returns false if it no longer existed. */
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
