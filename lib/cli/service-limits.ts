import * as z from 'zod';
import { Limits } from '../domain/limits/limits.ts';
import { RefusedRequest, type ServiceClient } from './service-client.ts';

const { filesPerRequest, imageBytes, dicomBytes } = Limits.shape;
const ServiceLimits = z.object({ filesPerRequest, imageBytes, dicomBytes });
export type ServiceLimits = z.infer<typeof ServiceLimits>;

/** Returns the limits of the service from the page's configuration; its defaults if it has no page. */
export async function serviceLimits(client: ServiceClient): Promise<ServiceLimits> {
  try {
    return await client.json(ServiceLimits, 'GET', '/config.json');
  } catch (error) {
    if (error instanceof RefusedRequest) return ServiceLimits.parse({});
    throw error;
  }
}
