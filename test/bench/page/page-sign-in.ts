import type { Browser, Page } from 'playwright-core';

/** A separate browser, in which the demo doctor is signed in and the path is open. */
export async function signedIn(
  browser: Browser,
  baseURL: string,
  path: string,
  prepare: (page: Page) => Promise<unknown> = async () => {},
): Promise<Page> {
  const context = await browser.newContext({
    baseURL,
    locale: 'en-GB',
    viewport: { width: 1800, height: 1400 },
  });
  const page = await context.newPage();
  await prepare(page);
  await page.goto(path);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('link', { name: 'Dana Doctor' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  return page;
}

/** The answer to a request of the same doctor to the API, without the page. */
export async function asDoctor(url: string) {
  const answer = await fetch(`${url}/local/token`, {
    method: 'POST',
    body: JSON.stringify({ user: 'doctor' }),
  });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const send = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return response;
  };
  return { token, send };
}
