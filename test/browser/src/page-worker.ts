/// <reference lib="dom" />
import type { BrowserContext, CDPSession, Worker } from 'playwright-core';

interface ShownNotification {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly actions: readonly string[];
}

/** The part of a worker's world that is used here; the types of a page do not have it. */
interface WorkerWorld {
  readonly registration: ServiceWorkerRegistration;
  fetch: typeof fetch;
  shown?: Promise<void>;
  dispatchEvent(event: Event): boolean;
}

const SYNC = 'send-waiting-answers';

/**
 * The service worker of the page, reached as the browser does: what is pushed and what waits for the network by Chromium's own
 * protocol, what a person presses by an event in the worker, since no protocol has a way to press a notification.
 */
export class PageWorker {
  private constructor(
    private readonly context: BrowserContext,
    private readonly session: CDPSession,
    private readonly address: { readonly origin: string; readonly registrationId: string },
  ) {}

  /** Of a page that was opened; the page may be closed after that. */
  static async of(context: BrowserContext, origin: string): Promise<PageWorker> {
    const session = await context.newCDPSession(await context.newPage());
    const registered = new Promise<string>((resolve) =>
      session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
        const own = registrations.find(({ scopeURL }) => scopeURL.startsWith(origin));
        if (own !== undefined) resolve(own.registrationId);
      }),
    );
    await session.send('ServiceWorker.enable');
    return new PageWorker(context, session, { origin, registrationId: await registered });
  }

  /** Resolves when what came of it is on display. */
  async push(data: object): Promise<void> {
    await this.shows(() => this.session.send('ServiceWorker.deliverPushMessage', { ...this.address, data: JSON.stringify(data) }));
  }

  /** The network is back, as the browser sees it. Resolves when what came of it is on display. */
  async networkIsBack(): Promise<void> {
    await this.shows(() => this.session.send('ServiceWorker.dispatchSyncEvent', { ...this.address, tag: SYNC, lastChance: false }));
  }

  async notifications(): Promise<readonly ShownNotification[]> {
    const worker = await this.running();
    return worker.evaluate(async () => {
      const shown = await (self as unknown as WorkerWorld).registration.getNotifications();
      return shown.map((one) => ({
        ...{ title: one.title, body: one.body, tag: one.tag },
        actions: (one as unknown as { actions: readonly { action: string }[] }).actions.map(({ action }) => action),
      }));
    });
  }

  /** A button of the one notification that is shown. Resolves when the worker has done what comes of it. */
  async press(action: string): Promise<void> {
    await this.happens('notificationclick', { action });
  }

  /** What the browser hears of an attempt to send what waits: a rejection, and it tries again. */
  async triesToSend(): Promise<void> {
    await this.happens('sync', { tag: SYNC });
  }

  /** The browser gave up its subscription and gets this one instead. */
  async renews(subscription: object): Promise<void> {
    const worker = await this.running();
    await worker.evaluate((renewed) => {
      PushManager.prototype.subscribe = async () => ({ ...renewed, toJSON: () => renewed }) as never;
    }, subscription);
    await this.happens('pushsubscriptionchange', {});
  }

  async loseNetwork(): Promise<void> {
    const worker = await this.running();
    await worker.evaluate(() => {
      const world = self as unknown as WorkerWorld & { connected?: typeof fetch };
      world.connected ??= world.fetch;
      world.fetch = () => Promise.reject(new TypeError('no network'));
    });
  }

  async findNetwork(): Promise<void> {
    const worker = await this.running();
    await worker.evaluate(() => {
      const world = self as unknown as WorkerWorld & { connected?: typeof fetch };
      world.fetch = world.connected ?? world.fetch;
    });
  }

  /** Whoever asks for the notifications while one is being shown makes Chromium take it for one that was closed, and forget it. */
  private async shows(happens: () => Promise<unknown>): Promise<void> {
    const worker = await this.running();
    await worker.evaluate(() => {
      const world = self as unknown as WorkerWorld;
      const registrations = ServiceWorkerRegistration.prototype;
      const { showNotification } = registrations;
      world.shown = new Promise((resolve) => {
        registrations.showNotification = async function (...what) {
          registrations.showNotification = showNotification;
          await showNotification.apply(this, what).finally(resolve);
        };
      });
    });
    await happens();
    await worker.evaluate(() => (self as unknown as WorkerWorld).shown);
  }

  private async happens(type: string, about: { readonly action?: string; readonly tag?: string }): Promise<void> {
    const worker = await this.running();
    await worker.evaluate(
      async ({ kind, details }) => {
        const world = self as unknown as WorkerWorld;
        const [notification] = await world.registration.getNotifications();
        const event = new Event(kind);
        const work: Promise<unknown>[] = [];
        const oldSubscription = { options: { applicationServerKey: new ArrayBuffer(65) } };
        // Only the browser's own events keep a worker awake.
        const parts = { ...details, notification, oldSubscription, waitUntil: (promise: Promise<unknown>) => work.push(promise) };
        for (const [name, value] of Object.entries(parts)) Object.defineProperty(event, name, { value });
        world.dispatchEvent(event);
        if (work.length === 0) throw new Error(`nothing listens to ${kind}`);
        await Promise.all(work);
      },
      { kind: type, details: about },
    );
  }

  private async running(): Promise<Worker> {
    const [worker] = this.context.serviceWorkers();
    return worker ?? this.context.waitForEvent('serviceworker');
  }
}
