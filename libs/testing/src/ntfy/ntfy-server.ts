import type { ServerResponse } from 'node:http';
import { WebhookReceiver } from '../webhook-receiver';
import type { ReceivedWebhook } from '../webhook-receiver';

export interface NtfyAction {
  readonly action: 'http' | 'view';
  readonly label: string;
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What an app shows. */
export interface NtfyMessage {
  readonly topic: string;
  readonly title: string;
  readonly message: string;
  readonly priority: number;
  readonly click?: string;
  readonly actions?: readonly NtfyAction[];
}

/** On a telephone; shows what comes on the topics that it was told to listen to. */
export class NtfyApp {
  readonly shown: NtfyMessage[] = [];

  /** @param whereNow Where an address leads now: a product under test may have moved. */
  constructor(private readonly whereNow: (url: string) => string = (url) => url) {}

  /** Presses a button, which the app carries out itself. @returns the body of the answer */
  async press(label: string, message: NtfyMessage | undefined = this.shown.at(-1)): Promise<string> {
    const pressed = message?.actions?.find((each) => each.label === label);
    if (pressed?.action !== 'http') throw new Error(`no button ${label}`);
    const { url, method = 'POST', headers = {} } = pressed;
    return (await fetch(this.whereNow(url), { method, headers })).text();
  }
}

const MOST_BYTES = 4_096;
const MOST_ACTIONS = 3;

/** As much of an ntfy server as is asked of it: messages in JSON for topics, an access token, topics that are closed. */
export class NtfyServer {
  /** Topics that nobody may write to any more. */
  readonly closed = new Set<string>();
  /** What was refused, and why. */
  readonly refused: { readonly status: number; readonly error: string }[] = [];
  /** How the next messages are answered. */
  readonly answerNext: number[] = [];
  private readonly listeners = new Map<string, NtfyApp[]>();

  private constructor(
    private readonly receiver: WebhookReceiver,
    private readonly token: string,
  ) {
    receiver.answer = (response) => this.take(receiver.received.at(-1) as ReceivedWebhook, response);
  }

  static async start(token: string): Promise<NtfyServer> {
    return new NtfyServer(await WebhookReceiver.start(), token);
  }

  get url(): string {
    return this.receiver.url;
  }

  listen(app: NtfyApp, topic: string): void {
    this.listeners.set(topic, [...(this.listeners.get(topic) ?? []), app]);
  }

  stop(): Promise<void> {
    return this.receiver.stop();
  }

  private take({ method, path, headers, body }: ReceivedWebhook, response: ServerResponse): void {
    const message = JSON.parse(body) as NtfyMessage;
    const told = this.answerNext.shift();
    const [status, error] =
      told !== undefined
        ? ([told, 'as told'] as const)
        : method !== 'POST' || path !== '/'
          ? ([404, 'page not found'] as const)
          : headers.authorization !== `Bearer ${this.token}`
            ? ([401, 'unauthorized'] as const)
            : this.problemOf(message);
    if (status === 200) for (const app of this.listeners.get(message.topic) ?? []) app.shown.push(message);
    else this.refused.push({ status, error });
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify(status === 200 ? message : { http: status, error }));
  }

  private problemOf({ topic, message, priority, actions = [] }: NtfyMessage): readonly [status: number, error: string] {
    if (!/^[-_A-Za-z0-9]{1,64}$/.test(topic)) return [400, 'invalid request: topic invalid'];
    if (this.closed.has(topic)) return [403, 'forbidden'];
    if (!Number.isInteger(priority) || priority < 1 || priority > 5) return [400, 'invalid priority'];
    if (Buffer.byteLength(message) > MOST_BYTES) return [400, 'message too large'];
    if (actions.length > MOST_ACTIONS || actions.some(({ label, url }) => label === '' || !URL.canParse(url)))
      return [400, 'invalid actions'];
    return [200, ''];
  }
}
