import type { Clock } from '@tocsin/domain';
import { MailServer, PushService, SendGridServer, SmsGateway, TelephoneNetwork, WebhookReceiver } from '@tocsin/testing';
import type { PushDevice } from '@tocsin/testing';

/** Our number that texts come from, and are answered to. */
export const OURS = '+4930555001';

/** What somebody was sent, by whom. */
export interface Received {
  readonly provider: string;
  /** All that is said in it. */
  readonly text: string;
}

/** Everybody who takes messages, as programs of their own. */
export class Providers {
  private readonly devices: PushDevice[] = [];

  private constructor(
    readonly mail: MailServer,
    readonly sendgrid: SendGridServer,
    readonly network: TelephoneNetwork,
    readonly gateway: SmsGateway,
    readonly push: PushService,
    readonly ntfy: WebhookReceiver,
  ) {}

  static async start(): Promise<Providers> {
    const [mail, sendgrid, network] = await Promise.all([MailServer.start(), SendGridServer.start(), TelephoneNetwork.start()]);
    const [gateway, push, ntfy] = await Promise.all([SmsGateway.start(), PushService.start(), WebhookReceiver.start()]);
    // What they tell later is told when a story comes to it.
    network.receipts = [];
    sendgrid.events = [];
    return new Providers(mail, sendgrid, network, gateway, push, ntfy);
  }

  async stop(): Promise<void> {
    await Promise.all([this.mail, this.sendgrid, this.network, this.gateway, this.push, this.ntfy].map((each) => each.stop()));
  }

  get environment(): Readonly<Record<string, string>> {
    return {
      SMTP_URL: this.mail.url,
      ...this.sendgrid.environment('tocsin@example.net'),
      ...this.network.environment(OURS),
      ...this.gateway.environment,
      NTFY_URL: this.ntfy.url,
      TOCSIN_OUTGOING_ALLOW: this.push.url,
    };
  }

  callBackTo(publicUrl: string, clock: Clock): void {
    this.network.inboundUrl = () => `${publicUrl}/api/callbacks/twilio/sms`;
    this.sendgrid.eventsUrl = () => `${publicUrl}/api/callbacks/sendgrid/events`;
    this.sendgrid.inboundUrl = () => `${publicUrl}/api/callbacks/sendgrid/inbound`;
    this.sendgrid.now = () => Math.floor(clock.now() / 1_000);
  }

  device(): PushDevice {
    const device = this.push.device();
    this.devices.push(device);
    return device;
  }

  /** Nobody is in trouble. */
  recover(): void {
    this.mail.refuse({ code: 0, times: 0 });
    this.network.fail({ status: 0, times: 0 });
  }

  /** About one alert: all messages that name it. */
  received(alertId: number): readonly Received[] {
    const mails = this.mail.all().map(({ subject, text }) => ({ provider: 'smtp', text: `${subject}\n${text}` }));
    const sent = this.sendgrid.mails.map(({ subject, text }) => ({ provider: 'sendgrid', text: `${subject}\n${text}` }));
    const texts = this.network.texts.map(({ text }) => ({ provider: 'twilio', text }));
    // As it was asked: one that knows a message again would hide that it was asked twice.
    const others = this.gateway.bodies.map((body) => ({ provider: 'gateway', text: (JSON.parse(body) as { text: string }).text }));
    const pushed = this.devices
      .flatMap(({ received }) => received)
      .map(({ title, body }) => ({ provider: 'webpush', text: `${title}\n${body}` }));
    const noted = this.ntfy.bodies.map(({ title, message }) => ({ provider: 'ntfy', text: `${String(title)}\n${String(message)}` }));
    return [mails, sent, texts, others, pushed, noted].flat().filter(({ text }) => text.includes(`[#${alertId}]`));
  }
}
