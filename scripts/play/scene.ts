import type { ServerResponse } from 'node:http';
import type { Client } from '../demo/client.mjs';
import { Calls } from './calls.ts';
import { newestAlerts } from './alerts.ts';
import type { ShownAlert } from './alerts.ts';
import { Mailboxes } from './mailboxes.ts';
import type { Outside } from './outside.ts';
import { Phones } from './phones.ts';
import type { Product } from './product.ts';
import type { ReadyWorld } from './ready-world.ts';
import { SlackDesk } from './slack-desk.ts';
import { TelegramDesk } from './telegram-desk.ts';
import { Troubles } from './troubles.ts';

const LOOK_EVERY_MS = 200;
const ASK_EVERY_MS = 1_000;

/** Everything that the page shows, and whoever watches it. */
export class Scene {
  readonly world: ReadyWorld;
  readonly phones: Phones;
  readonly calls: Calls;
  readonly mailboxes: Mailboxes;
  readonly slack: SlackDesk;
  readonly telegram: TelegramDesk;
  readonly troubles: Troubles;
  private readonly api: Client;
  private readonly product: Product;
  private readonly watchers = new Set<ServerResponse>();
  private alerts: readonly ShownAlert[] = [];
  private onCall: number | undefined;
  private told = '';
  private timers: readonly NodeJS.Timeout[] = [];

  constructor(parts: { readonly world: ReadyWorld; readonly outside: Outside; readonly api: Client; readonly product: Product }) {
    this.world = parts.world;
    this.api = parts.api;
    this.product = parts.product;
    this.phones = new Phones(parts.outside);
    this.calls = new Calls(parts.outside);
    this.mailboxes = new Mailboxes(parts.outside);
    this.slack = new SlackDesk(parts.outside.slack);
    this.telegram = new TelegramDesk(parts.outside.telegram);
    this.troubles = new Troubles(parts.outside);
  }

  get state() {
    const { policy, people } = this.world;
    return {
      tocsin: { url: this.product.url, isRunning: this.product.isRunning },
      policy,
      people: people.map((person) => ({
        ...{ id: person.id, name: person.name, number: person.number, email: person.email, about: person.about },
        isOnCall: person.id === this.onCall,
        texts: this.phones.textsOf(person),
        pushes: this.phones.pushesOf(person),
        calls: this.calls.of(person),
        mails: this.mailboxes.of(person),
        slack: { ...this.slack.seenBy(person), id: person.inSlack.id },
        telegram: this.telegram.seenBy(person),
      })),
      alerts: this.alerts,
      providers: this.troubles.shown,
    };
  }

  /** Begins to look at what happens. What came is dated by it, so it looks whether anybody watches or not. */
  begin(): void {
    let isAsking = false;
    const ask = async (): Promise<void> => {
      if (isAsking || this.watchers.size === 0) return;
      isAsking = true;
      await this.ask();
      isAsking = false;
    };
    const look = (): void => {
      this.calls.passTime();
      this.tell();
    };
    this.timers = [setInterval(look, LOOK_EVERY_MS), setInterval(() => void ask(), ASK_EVERY_MS)];
  }

  end(): void {
    this.timers.forEach(clearInterval);
    for (const watcher of this.watchers) watcher.end();
  }

  /** Asks the product for what it alone knows; keeps what it knew while it does not answer. */
  async ask(): Promise<void> {
    try {
      const path = `/api/schedules/${this.world.scheduleId}/user-on-call`;
      const [alerts, shift] = await Promise.all([
        newestAlerts(this.api),
        this.api.call<{ readonly user: { readonly id: number } } | undefined>('GET', path),
      ]);
      this.alerts = alerts;
      this.onCall = shift?.user.id;
    } catch (error) {
      if (this.product.isRunning) console.error(`play: Tocsin did not answer: ${String(error)}`);
    }
    this.tell();
  }

  /** Server-sent events: the whole state, now and whenever it is another one. */
  watch(response: ServerResponse): void {
    this.watchers.add(response);
    response.on('close', () => this.watchers.delete(response));
    response.write(eventOf(JSON.stringify(this.state)));
    void this.ask();
  }

  private tell(): void {
    const state = JSON.stringify(this.state);
    if (state === this.told) return;
    this.told = state;
    for (const watcher of this.watchers) watcher.write(eventOf(state));
  }
}

/** What the page is told. */
export type State = Scene['state'];

const eventOf = (data: string): string => `data: ${data}\n\n`;
