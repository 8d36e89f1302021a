/** A browser that sends the first form of each page, with what a person would type, until a page has none. Returns the last page's text. */
export async function submitForms(start: string, typed: Record<string, string>): Promise<string> {
  const cookies = new Map<string, string>();
  const load = async (url: string, init: RequestInit = {}): Promise<{ url: string; html: string }> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...init, headers: { cookie }, redirect: 'manual' });
    for (const each of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(each) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    return location === null ? { url, html: await response.text() } : load(new URL(location, url).href);
  };
  let { url, html } = await load(start);
  for (let pages = 0; pages < 10 && html.includes('<form'); pages++) {
    const [, action = ''] = /<form[^>]* action="([^"]*)"/.exec(html) ?? [];
    const body = new URLSearchParams(typed);
    for (const [input] of html.matchAll(/<input[^>]*>/g)) {
      const [, name] = /name="([^"]*)"/.exec(input) ?? [];
      const [, value] = /value="([^"]*)"/.exec(input) ?? [];
      if (name !== undefined && value !== undefined) body.set(name, value);
    }
    ({ url, html } = await load(new URL(action, url).href, { method: 'POST', body }));
  }
  return html;
}
