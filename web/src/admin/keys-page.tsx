import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Copy, Plus } from 'lucide-react';
import { useEffect, useState } from 'react';
import { api, bodyOf } from '../api/client.ts';
import type { ApiKey, NewApiKey } from '../api/types.ts';
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
  const copy = async (text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied('Copied.');
    } catch {
      setCopied('The browser does not let this page copy: select the key, and copy it yourself.');
    }
  };
  const close = () => {
    setMade(undefined);
    setCopied(undefined);
  };
  useEffect(() => {
    document.title = 'API keys · Negatoscope';
  }, []);
  const reload = () => queries.invalidateQueries({ queryKey: ['keys'] });
  return (
    <main className="page">
      <div className="admin-head">
        <h1>API keys</h1>
        <button type="button" className="button primary" onClick={() => setMaking(true)}>
          <Plus size={18} aria-hidden /> New key
        </button>
      </div>
      <QueryStatus what="keys" answer={list} />
      {list.isSuccess && keys.length === 0 && (
        <Message title="No keys yet">Each of the clinic’s other systems gets a key of its own.</Message>
      )}
      {keys.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrolled by keyboard, too
        <section className="admin-table" tabIndex={0} aria-label="Keys">
          <table>
            <thead>
              <tr>
                <th>Name</th>
                <th>Opens</th>
                <th>Ends in</th>
                <th>Made</th>
                <th>Last used</th>
                <th>Good until</th>
                <th>
                  <span className="hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {keys.map((key) => (
                <tr key={key.id} className={key.revoked_at ? 'ended' : ''}>
                  <td data-label="Name" className="wide">
                    {key.name}
                  </td>
                  <td data-label="Opens" className="wide">
                    {key.scopes.join(', ')}
                  </td>
                  <td data-label="Ends in">
                    <code>…{key.last_four}</code>
                  </td>
                  <td data-label="Made">
                    {formatTime(key.created_at)}
                    {isOverdue(key) && <strong className="admin-overdue">Replace it by a new key</strong>}
                  </td>
                  <td data-label="Last used">{key.last_used_at ? formatTime(key.last_used_at) : 'never'}</td>
                  <td data-label="Good until">
                    {key.revoked_at
                      ? `revoked ${formatTime(key.revoked_at)}`
                      : key.expires_at
                        ? formatTime(key.expires_at)
                        : 'no end'}
                  </td>
                  <td>
                    {!key.revoked_at && (
                      <button
                        type="button"
                        className="button small"
                        onClick={() => setRevoking(key)}
                        aria-label={`Revoke ${key.name}`}
                      >
                        Revoke
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
          Older keys
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
        <Dialog title={`The key of ${made.name}`} onClose={close} isLasting>
          <p>Copy it now: it is not shown again, and nobody can look it up.</p>
          <code className="admin-key">{made.key}</code>
          <p className="admin-note quiet" role="status">
            {copied}
          </p>
          <div className="dialog-actions">
            <button type="button" className="button" onClick={() => void copy(made.key)}>
              <Copy size={16} aria-hidden /> Copy
            </button>
            <button type="button" className="button primary" onClick={close}>
              Done
            </button>
          </div>
        </Dialog>
      )}
      {revoking && (
        <Confirm
          title="Revoke key?"
          action="Revoke key"
          onClose={() => setRevoking(undefined)}
          onConfirm={async () => {
            await api.DELETE('/api/v2/keys/{id}', { params: { path: { id: revoking.id } } });
            await reload();
          }}
        >
          “{revoking.name}” will open nothing from now on. This cannot be undone.
        </Confirm>
      )}
    </main>
  );
}
