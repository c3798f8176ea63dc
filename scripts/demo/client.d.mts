export class Client {
  readonly url: string;
  constructor(url: string, apiKey: string);
  /** The JSON that was answered. Rejects with what was answered when that is no 2xx. */
  call<Body>(method: string, path: string, body?: unknown): Promise<Body>;
  /** What a monitoring tool posts; resolves with the status. */
  toolPosts(path: string, body: unknown): Promise<number>;
}
