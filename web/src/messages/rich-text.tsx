import { Fragment, type ReactNode } from 'react';
import { formatOf, type MessageId } from './text.ts';

/** The arguments of a message, and what each of its tags is: `<b>` of a message is given by `b`. */
type Parts = Readonly<Record<string, ReactNode | Date | ((content: ReactNode) => ReactNode)>>;

/** Formats a message that has elements in it. */
export function richText(id: MessageId, parts: Parts): ReactNode {
  const values = Object.entries(parts).map(([name, part]) => [
    name,
    typeof part === 'function' ? (content: ReactNode[]) => part(keyed(content)) : part,
  ]);
  const formatted = formatOf(id).format<ReactNode>(Object.fromEntries(values));
  return Array.isArray(formatted) ? keyed(formatted) : formatted;
}

const keyed = (content: readonly ReactNode[]) =>
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence do not change places
  content.map((each, index) => <Fragment key={index}>{each}</Fragment>);
