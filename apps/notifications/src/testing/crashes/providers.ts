import type { Clock } from '@tocsin/domain';
import {
  MailServer,
  PushService,
  SendGridServer,
  SlackServer,
  SmsGateway,
  TeamsServer,
  TelegramServer,
  TelephoneNetwork,
  WebhookReceiver,
} from '@tocsin/testing';
import type { Call, PushDevice } from '@tocsin/testing';

/** Our number that texts come from, and are answered to. */
export const OURS = '+4930555001';

/** What somebody was sent, by whom. */
export interface Received {
  readonly provider: string;
  /** All that is said in it. */
  readonly text: string;
}

/** Which message a call of ours is: it says so where what it is to do is asked. */
const messageOf = ({ order: { url } }: Call): string => {
  const { searchParams } = new URL(url);
  return `${searchParams.get('stream')} ${searchParams.get('attempt')}`;
};

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
    readonly telegram: TelegramServer,
    readonly teams: TeamsServer,
    readonly slack: SlackServer,
  ) {}

  static async start(clock: Clock): Promise<Providers> {
    const [mail, sendgrid, network] = await Promise.all([MailServer.start(), SendGridServer.start(), TelephoneNetwork.start()]);
    const [gateway, push, ntfy] = await Promise.all([SmsGateway.start(), PushService.start(), WebhookReceiver.start()]);
    const now = (): number => clock.now();
    const [telegram, teams, slack] = await Promise.all([TelegramServer.start(), TeamsServer.start({ now }), SlackServer.start({ now })]);
    // What they tell later is told when a story comes to it.
    network.receipts = [];
    sendgrid.events = [];
    return new Providers(mail, sendgrid, network, gateway, push, ntfy, telegram, teams, slack);
  }

  async stop(): Promise<void> {
    const { mail, sendgrid, network, gateway, push, ntfy, telegram, teams, slack } = this;
    await Promise.all([mail, sendgrid, network, gateway, push, ntfy, telegram, teams, slack].map((each) => each.stop()));
  }

  get environment(): Readonly<Record<string, string>> {
    return {
      SMTP_URL: this.mail.url,
      ...this.sendgrid.environment('tocsin@example.net'),
      ...this.network.environment(OURS),
      ...this.gateway.environment,
      ...this.telegram.settings,
      ...this.teams.settings,
      ...this.slack.settings,
      NTFY_URL: this.ntfy.url,
      TOCSIN_OUTGOING_ALLOW: this.push.url,
    };
  }

  callBackTo(publicUrl: string, clock: Clock): void {
    this.network.inboundUrl = () => `${publicUrl}/api/callbacks/twilio/sms`;
    this.telegram.callsBack((path) => `${publicUrl}${path}`);
    this.teams.callsBack((path) => `${publicUrl}${path}`);
    this.slack.callsBack((path) => `${publicUrl}${path}`);
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
    this.network.insists = undefined;
  }

  /** All that can be read and names one of the alerts, and calls that are one of these messages. */
  received(alertIds: readonly number[], calls: ReadonlySet<string>): readonly Received[] {
    const mails = this.mail.all().map(({ subject, text }) => ({ provider: 'smtp', text: `${subject}\n${text}` }));
    const sent = this.sendgrid.mails.map(({ subject, text }) => ({ provider: 'sendgrid', text: `${subject}\n${text}` }));
    const texts = this.network.texts.map(({ text }) => ({ provider: 'twilio', text }));
    // As it was asked: one that knows a message again would hide that it was asked twice.
    const others = this.gateway.bodies.map((body) => ({ provider: 'gateway', text: (JSON.parse(body) as { text: string }).text }));
    const pushed = this.devices
      .flatMap(({ received }) => received)
      .map(({ title, body }) => ({ provider: 'webpush', text: `${title}\n${body}` }));
    const noted = this.ntfy.bodies.map(({ title, message }) => ({ provider: 'ntfy', text: `${String(title)}\n${String(message)}` }));
    // As they came: what is answered shows the answer from then on.
    const written = this.telegram.calls
      .filter(({ method }) => method === 'sendMessage')
      .map(({ given }) => ({ provider: 'telegram', text: String(given['text']) }));
    const cards = this.teams.posted.map(({ summary, card }) => ({ provider: 'teams', text: `${summary}\n${JSON.stringify(card)}` }));
    const inSlack = this.slack.calls
      .filter(({ method, outcome }) => method === 'chat.postMessage' && outcome === 'ok')
      .map(({ given }) => ({ provider: 'slack', text: String(given['text']) }));
    const messages = [mails, sent, texts, others, pushed, noted, written, cards, inSlack].flat();
    const called = this.network.calls.filter((call) => calls.has(messageOf(call)));
    return [
      ...messages.filter(({ text }) => alertIds.some((alertId) => text.includes(`[#${alertId}]`))),
      ...called.map(({ said }) => ({ provider: 'twilio', text: said.join('\n') })),
    ];
  }
}
