import type { DynamoDBRecord } from 'aws-lambda';
import { messageSender } from '../../../lib/lambda/dependencies.ts';
import { environment } from '../../../lib/lambda/environment.ts';
import { isFor } from '../../../lib/lambda/events/is-for.ts';
import { serveChanges } from '../../../lib/lambda/events/serve-item-changes.ts';
import type { Needs } from '../../../lib/lambda/needs.ts';
import { trigger } from './trigger.ts';

type Deps = Needs<{ messageSender: 'send' }> & {
  /** The URLs of the queues that exist, by the ids of their functions. */
  queueUrls: ReadonlyMap<string, string>;
};

/** A record that is sent to one of two queues only is sent to both again: a function may get a change twice. */
export async function handle(record: DynamoDBRecord, { messageSender, queueUrls }: Deps) {
  const body = JSON.stringify(record);
  const wanted = trigger.source.changesFor.filter(({ source }) => isFor(source, record));
  const urls = wanted.flatMap(({ id }) => queueUrls.get(id) ?? []);
  await Promise.all(urls.map((url) => messageSender.send(url, body)));
}

const queueUrls = () => environment.queueUrls(trigger.permissions.queues);

export const handler = serveChanges(trigger, handle, { messageSender, queueUrls }, true);
