import * as z from 'zod';
import { Limits } from '../domain/limits/limits.ts';
import { RefusedRequest, type ServiceClient } from './service-client.ts';

const Config = z.object({ filesPerRequest: Limits.shape.filesPerRequest });

/** For how many files the service gives URLs at once, as it tells its page; where it has no page, what it does unless told. */
export async function filesPerRequest(client: ServiceClient): Promise<number> {
  try {
    return (await client.json(Config, 'GET', '/config.json')).filesPerRequest;
  } catch (error) {
    if (error instanceof RefusedRequest) return Config.parse({}).filesPerRequest;
    throw error;
  }
}
