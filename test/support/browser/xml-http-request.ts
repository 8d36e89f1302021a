/**
 * As much of the browsers' `XMLHttpRequest` as clients of DICOMweb use, over `fetch`: they are written for browsers, and
 * are to run here as they are.
 */
export class TestXmlHttpRequest {
  readyState = 0;
  status = 0;
  responseType = '';
  response: unknown = null;
  withCredentials = false;
  onreadystatechange: (() => void) | undefined;
  onloadstart: (() => void) | undefined;
  onloadend: (() => void) | undefined;
  onprogress: (() => void) | undefined;
  #request: { method: string; url: string } = { method: 'GET', url: '' };
  readonly #headers: Record<string, string> = {};
  #received = new Headers();

  open(method: string, url: string) {
    this.#request = { method, url };
  }

  setRequestHeader(name: string, value: string) {
    this.#headers[name] = value;
  }

  getResponseHeader(name: string): string | null {
    return this.#received.get(name);
  }

  getAllResponseHeaders(): string {
    return [...this.#received].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  }

  send(body?: ArrayBuffer | string) {
    void this.#send(body);
  }

  async #send(body: ArrayBuffer | string | undefined) {
    const { method, url } = this.#request;
    try {
      const response = await fetch(url, { method, headers: this.#headers, ...(body && { body }) });
      this.#received = response.headers;
      const bytes = await response.arrayBuffer();
      if (this.responseType === 'arraybuffer') this.response = bytes;
      else {
        const text = new TextDecoder().decode(bytes);
        this.response = this.responseType === 'json' ? (text === '' ? null : JSON.parse(text)) : text;
      }
      this.status = response.status;
    } catch {
      // As browsers have it: no status and no reason.
      this.status = 0;
    }
    this.readyState = 4;
    this.onreadystatechange?.();
    this.onloadend?.();
  }
}
