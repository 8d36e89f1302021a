import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Copy, Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import type { ApiKey, NewApiKey } from '../api/types.ts';
import { text } from '../messages/text.ts';
import { Confirm, Dialog } from '../parts/dialog.tsx';
import { formatTime } from '../parts/format.ts';
import { Message } from '../parts/message.tsx';
import { QueryStatus } from '../parts/query-status.tsx';
import { NewKeyDialog } from './new-key-dialog.tsx';
import './admin.css';

/** Whether the key is older than the clinic wants. */
const isOverdue = ({ rotate_at, expires_at }: ApiKey) =>
  rotate_at !== null &&
  Date.parse(rotate_at) <= Date.now() &&
  (expires_at === null || Date.parse(expires_at) > Date.now());

/** The keys of other systems. */
export function KeysPage() {
  const queries = useQueryClient();
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<NewApiKey>();
  const [copied, setCopied] = useState<string>();
  const [revoking, setRevoking] = useState<ApiKey>();
  const list = useInfiniteQuery({
    queryKey: ['keys'],
    queryFn: ({ pageParam: cursor }) => bodyOf(api.GET('/api/v2/keys', { params: { query: { cursor } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  const keys = list.data?.pages.flatMap((page) => page.keys) ?? [];
  const copy = async (key: string) => {
    try {
      await navigator.clipboard.writeText(key);
      setCopied(text('keys.copied'));
    } catch {
      setCopied(text('keys.copy-refused'));
    }
  };
  const close = () => {
    setMade(undefined);
    setCopied(undefined);
  };
  useEffect(() => {
    document.title = text('keys.title');
  }, []);
  const reload = () => queries.invalidateQueries({ queryKey: ['keys'] });
  return (
    <main className="page">
      <div className="admin-head">
        <h1>{text('top-bar.keys')}</h1>
        <button type="button" className="button primary" onClick={() => setMaking(true)}>
          <Plus size={18} aria-hidden /> {text('keys.new')}
        </button>
      </div>
      <QueryStatus what="keys" answer={list} />
      {list.isSuccess && keys.length === 0 && (
        <Message title={text('keys.none')}>{text('keys.one-each')}</Message>
      )}
      {keys.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by keyboard, too
        <section className="admin-table" tabIndex={0} aria-label={text('keys.list')}>
          <table>
            <thead>
              <tr>
                <th>{text('keys.name')}</th>
                <th>{text('keys.opens')}</th>
                <th>{text('keys.ends-in')}</th>
                <th>{text('keys.made')}</th>
                <th>{text('keys.last-used')}</th>
                <th>{text('keys.good-until')}</th>
                <th>
                  <span className="hidden">{text('keys.actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {keys.map((key) => (
                <tr key={key.id} className={key.revoked_at ? 'ended' : ''}>
                  <td data-label={text('keys.name')} className="wide">
                    {key.name}
                  </td>
                  <td data-label={text('keys.opens')} className="wide">
                    {key.scopes.join(', ')}
                  </td>
                  <td data-label={text('keys.ends-in')}>
                    <code>…{key.last_four}</code>
                  </td>
                  <td data-label={text('keys.made')}>
                    {formatTime(key.created_at)}
                    {isOverdue(key) && <strong className="admin-overdue">{text('keys.replace')}</strong>}
                  </td>
                  <td data-label={text('keys.last-used')}>
                    {key.last_used_at ? formatTime(key.last_used_at) : text('keys.never')}
                  </td>
                  <td data-label={text('keys.good-until')}>
                    {key.revoked_at
                      ? text('keys.revoked-at', { at: formatTime(key.revoked_at) })
                      : key.expires_at
                        ? formatTime(key.expires_at)
                        : text('keys.no-end')}
                  </td>
                  <td>
                    {!key.revoked_at && (
                      <button
                        type="button"
                        className="button small"
                        onClick={() => setRevoking(key)}
                        aria-label={text('keys.revoke-name', { name: key.name })}
                      >
                        {text('keys.revoke')}
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {list.hasNextPage && (
        <button type="button" className="button" onClick={() => list.fetchNextPage()}>
          {text('keys.older')}
        </button>
      )}
      {isMaking && (
        <NewKeyDialog
          onMade={(key) => {
            setMaking(false);
            setMade(key);
            void reload();
          }}
          onClose={() => setMaking(false)}
        />
      )}
      {made && (
        <Dialog title={text('keys.key-of', { name: made.name })} onClose={close} isLasting>
          <p>{text('keys.copy-now')}</p>
          <code className="admin-key">{made.key}</code>
          <p className="admin-note quiet" role="status">
            {copied}
          </p>
          <div className="dialog-actions">
            <button type="button" className="button" onClick={() => void copy(made.key)}>
              <Copy size={16} aria-hidden /> {text('keys.copy')}
            </button>
            <button type="button" className="button primary" onClick={close}>
              {text('keys.done')}
            </button>
          </div>
        </Dialog>
      )}
      {revoking && (
        <Confirm
          title={text('keys.revoke-title')}
          action={text('keys.revoke-key')}
          onClose={() => setRevoking(undefined)}
          onConfirm={async () => {
            await api.DELETE('/api/v2/keys/{id}', { params: { path: { id: revoking.id } } });
            await reload();
          }}
        >
          {text('keys.revoke-warning', { name: revoking.name })}
        </Confirm>
      )}
    </main>
  );
}
