const WITHIN_MS = 10_000;

/** Tocsin's public HTTP API and nothing else. */
export class Client {
  constructor(url, apiKey) {
    this.url = url;
    this.apiKey = apiKey;
  }

  /** @returns {Promise<any>} The JSON that was answered. */
  async call(method, path, body) {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${this.apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(WITHIN_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** What a monitoring tool posts: no API key, the key is in the path. @returns {Promise<number>} The status. */
  async toolPosts(path, body) {
    const response = await fetch(`${this.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(WITHIN_MS),
    });
    if (!response.ok) throw new Error(`the tool was answered ${response.status}: ${await response.text()}`);
    return response.status;
  }

  /** Messages for this address, newest first. */
  async outboxOf(address) {
    return (await this.call('GET', '/outbox')).filter(({ to }) => to === address);
  }
}

/** What a browser does with a link from a message: no key, no cookie. */
export async function browse(method, url) {
  const response = await fetch(url, { method, signal: AbortSignal.timeout(WITHIN_MS) });
  const page = await response.text();
  if (!response.ok) throw new Error(`${method} ${new URL(url).pathname.slice(0, 20)}... was answered ${response.status}: ${page}`);
  return page;
}

/** The sentences of a page, without its style and its tags. */
export const wordsOf = (page) =>
  page
    .replace(/<(style|title)>.*?<\/\1>/gs, '')
    .replace(/<[^>]+>/g, '\n')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
