import { createHash, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import * as z from 'zod';
import { roleOfGroups } from '../../domain/access/roles.ts';
import type { Clock } from '../clock.ts';
import { sendLocalError } from '../local-error.ts';
import { localClientId } from '../template.ts';
import type { Claims } from './demo-users.ts';

const codeLifeMs = 60_000;

const AuthorizationRequest = z.object({
  client_id: z.literal(localClientId),
  response_type: z.literal('code'),
  // Loopback addresses only: no other site receives a code.
  redirect_uri: z.url({ protocol: /^http$/, hostname: /^(localhost|127\.0\.0\.1|\[::1\])$/ }),
  code_challenge: z.string().regex(/^[\w-]{43}$/),
  code_challenge_method: z.literal('S256'),
  state: z.string().optional(),
  nonce: z.string().optional(),
  user: z.string().optional(),
});
type AuthorizationRequest = z.infer<typeof AuthorizationRequest>;

/**
 * The authorization codes. Each can be used once, within a minute, by the client that has its code verifier (RFC 7636).
 */
export class Codes {
  readonly #clock: Clock;
  readonly #granted = new Map<string, AuthorizationRequest & { user: string; until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  grant(request: AuthorizationRequest, user: string): string {
    const code = randomBytes(24).toString('base64url');
    this.#granted.set(code, { ...request, user, until: this.#clock.now() + codeLifeMs });
    return code;
  }

  redeem(form: URLSearchParams): { user: string; nonce?: string | undefined } | undefined {
    const code = form.get('code') ?? '';
    const granted = this.#granted.get(code);
    this.#granted.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isTheirs =
      granted !== undefined &&
      granted.until > this.#clock.now() &&
      granted.code_challenge === challenge &&
      granted.client_id === form.get('client_id') &&
      granted.redirect_uri === form.get('redirect_uri');
    return isTheirs ? granted : undefined;
  }
}

/** The issuer's sign-in page: choose a person with one click. */
export function authorize(
  response: ServerResponse,
  query: URLSearchParams,
  codes: Codes,
  people: Readonly<Record<string, Claims>>,
): void {
  const parsed = AuthorizationRequest.safeParse(Object.fromEntries(query));
  if (!parsed.success) {
    const details = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    sendLocalError(response, 400, 'Expected an authorization request with PKCE.', details);
    return;
  }
  const { user, redirect_uri, state } = parsed.data;
  if (user === undefined || !Object.hasOwn(people, user)) {
    sendPeople(response, query, people);
    return;
  }
  const back = new URL(redirect_uri);
  back.searchParams.set('code', codes.grant(parsed.data, user));
  if (state !== undefined) back.searchParams.set('state', state);
  response.writeHead(302, { location: back.href, 'cache-control': 'no-store' }).end();
}

function sendPeople(
  response: ServerResponse,
  query: URLSearchParams,
  people: Readonly<Record<string, Claims>>,
) {
  const links = Object.entries(people).map(([user, claims]) => {
    const own = new URLSearchParams([...query, ['user', user]]);
    const patient = claims['custom:patient_id'];
    const role = roleOfGroups([claims['cognito:groups'] ?? []].flat());
    const opens = role === 'patient' ? `patient ${patient}` : (role ?? 'no role');
    return `<li><a href="?${escapeHtml(String(own))}"><b>${escapeHtml(String(claims.name))}</b> <span>${escapeHtml(opens)}</span></a></li>`;
  });
  const page = PAGE.replace('<!-- people -->', links.join('\n'));
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': `default-src 'none'; style-src '${STYLE_HASH}'; frame-ancestors 'none'`,
  });
  response.end(page);
}

const escapeHtml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center;
  background: light-dark(#eef3f7, #10171d); color: light-dark(#17222b, #e5edf3); }
main { width: min(24rem, 100vw - 2rem); }
h1 { font-size: 1.25rem; margin: 0 0 .25rem; }
p { margin: 0 0 1.25rem; color: light-dark(#4b5c69, #a3b4c1); }
ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .5rem; }
a { display: flex; justify-content: space-between; gap: 1rem; padding: .75rem 1rem; border-radius: .5rem;
  text-decoration: none; color: inherit; background: light-dark(#fff, #1a242c);
  border: 1px solid light-dark(#d3dde4, #33434f); }
a:hover { border-color: light-dark(#0f5fa8, #7cc0f5); }
a:focus-visible { outline: 3px solid light-dark(#0f5fa8, #7cc0f5); outline-offset: 2px; }
span { color: light-dark(#4b5c69, #a3b4c1); }
`;
const STYLE_HASH = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sign in to the local Negatoscope</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Sign in to the local Negatoscope</h1>
<p>This laptop’s people for trying things out.</p>
<ul>
<!-- people -->
</ul>
</main>
</body>
</html>
`;
