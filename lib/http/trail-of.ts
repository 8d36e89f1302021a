import type { APIGatewayProxyEvent } from 'aws-lambda';
import { newTrail, type Trail } from '../domain/trail.ts';

const trails = new WeakMap<APIGatewayProxyEvent, Trail>();

/** The trail of the request in an event: one, whoever asks for it. */
export function trailOf(event: APIGatewayProxyEvent): Trail {
  const known = trails.get(event) ?? newTrail();
  trails.set(event, known);
  return known;
}
