/// <reference lib="dom" />
import type { UserId } from '@tocsin/domain';
import { PushService } from '@tocsin/testing';
import type { PushDevice } from '@tocsin/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { World } from '../../acceptance/src/world';
import { PageWorker } from './page-worker';

const PHONE = { width: 320, height: 640 };
const MOST_LOOKS = 100;
const BETWEEN_LOOKS_MS = 100;

/** Somebody with a phone, whose alerts a world raises, and whose pushes a service of their own takes. */
export class Responder {
  /** What the browser of the phone is for the push service. */
  readonly device: PushDevice;

  private constructor(
    readonly world: World,
    readonly context: BrowserContext,
    readonly page: Page,
    readonly userId: UserId,
    readonly key: string,
    readonly push: PushService,
    private readonly source: string,
  ) {
    this.device = push.device();
  }

  static async start(browser: Browser, settings: Readonly<Record<string, string>> = {}): Promise<Responder> {
    const push = await PushService.start();
    const world = await World.start({}, { ...settings, TOCSIN_OUTGOING_ALLOW: push.url }, 'embedded');
    const userId = await world.person('ana', { role: 'RESPONDER' });
    const key = await world.keyOf(userId);
    const level = { targets: [{ type: 'user', userId }] } as const;
    const source = await world.source(await world.policy([level, level]));
    await world.settle();
    const context = await browser.newContext({ viewport: PHONE, baseURL: world.urlOf(''), permissions: ['notifications'] });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const responder = new Responder(world, context, page, userId, key, push, source);
    await responder.subscribedBy(responder.device);
    return responder;
  }

  async stop(): Promise<void> {
    await this.context.close();
    await this.world.stop();
    await this.push.stop();
  }

  /** The maker of a browser gives out subscriptions over the internet: here the fake push service does. In pages opened from now on. */
  async subscribedBy({ subscription }: PushDevice): Promise<void> {
    await this.context.addInitScript((given) => {
      const made = { ...given, options: {}, toJSON: () => given, unsubscribe: async () => true };
      PushManager.prototype.subscribe = async () => made as never;
      PushManager.prototype.getSubscription = async () => made as never;
    }, subscription);
  }

  /** The world's clock is not the browser's, for which its cookies would be over: so it gets the session without an end. */
  async signIn(heading = 'My open alerts'): Promise<void> {
    const { body } = await this.world.post<{ url: string }>('/api/sign-in-links', undefined, this.key);
    const { headers } = await fetch(this.world.urlOf(new URL(body.url).pathname), { method: 'POST', redirect: 'manual' });
    const [, name = '', value = ''] = /^([^=]+)=([^;]+)/.exec(headers.get('set-cookie') ?? '') ?? [];
    await this.context.addCookies([{ name, value, url: this.world.urlOf('/') }]);
    await this.page.goto('/me');
    await this.page.getByRole('heading', { name: heading }).waitFor();
  }

  /** Signed in, at how they are reached; the browser's time is the world's, as it is for whoever uses the page. */
  async atReach(): Promise<void> {
    await this.context.clock.setFixedTime(this.world.clock.now());
    await this.signIn();
    await this.page.getByRole('link', { name: 'How I am reached' }).click();
    await this.page.getByRole('heading', { name: 'Would a page reach you?' }).waitFor();
  }

  async raised(summary: string): Promise<number> {
    await this.world.event(this.source, { summary, alertKey: summary });
    return (await this.world.alert()).id;
  }

  /** The worker of the page, when it is ready. */
  async worker(): Promise<PageWorker> {
    await this.page.evaluate(async () => void (await navigator.serviceWorker.ready));
    return PageWorker.of(this.context, this.world.urlOf(''));
  }

  async until(isSo: () => Promise<boolean>): Promise<void> {
    for (let look = 0; look < MOST_LOOKS; look++) {
      if (await isSo()) return;
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS));
    }
    throw new Error('it never came to that');
  }
}
