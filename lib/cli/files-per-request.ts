import * as z from 'zod';
import { Limits } from '../domain/limits/limits.ts';
import { RefusedRequest, type ServiceClient } from './service-client.ts';

const Config = z.object({ filesPerRequest: Limits.shape.filesPerRequest });

/**
 * Returns how many files one request may contain, from the page's configuration; the service's default if it has no
 * page.
 */
export async function filesPerRequest(client: ServiceClient): Promise<number> {
  try {
    return (await client.json(Config, 'GET', '/config.json')).filesPerRequest;
  } catch (error) {
    if (error instanceof RefusedRequest) return Config.parse({}).filesPerRequest;
    throw error;
  }
}
