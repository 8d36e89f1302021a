import { isLoopbackHost } from './loopback-host.ts';

/**
 * Returns the URL of the service that an argument names.
 *
 * @throws Error with what was expected
 */
export function serviceUrl(text: string): URL {
  const url = URL.parse(text);
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw new Error('Expected the service as --url.');
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname))
    throw new Error('Expected https:// in --url: the token and the images of patients go there.');
  return url;
}
