import { instant } from '@tocsin/domain';
import type { AlertEvent, AlertId, AlertPreference, ContactId, NotificationMethod, PreferenceId, PushDeviceId, User } from '@tocsin/domain';
import { activated, raised, step } from '../facts';
import type { HowReached, Installation } from './installation';
import { OURS } from './providers';

/** What happens around the service while a story is told, whichever process of it is there. */
export interface Stage {
  readonly installation: Installation;
  readonly alertId: AlertId;
  happens(...events: readonly AlertEvent[]): Promise<void>;
  /** Until all that follows has had its effect. */
  settles(): Promise<void>;
  passes(time: string): Promise<void>;
  /** Somebody calls, and calls again until they are told 2xx. */
  isAnswered(call: () => Promise<{ readonly status: number }>): Promise<void>;
}

export interface Story {
  readonly name: string;
  /** Calls without which it would not be the story. */
  readonly has: readonly string[];
  person(installation: Installation): Promise<User>;
  tell(stage: Stage, person: User): Promise<void>;
}

type Wanted = readonly (readonly [method: NotificationMethod, delayMin: number])[];
type Making = Parameters<Parameters<Installation['person']>[0]>;

const reachedBy = async ([next, _sealed]: Making, wanted: Wanted): Promise<HowReached> => {
  const [email, phone] = [(await next('contact')) as ContactId, (await next('contact')) as ContactId];
  const preferences: AlertPreference[] = [];
  for (const [method, delayMin] of wanted) {
    const contactId = method === 'EMAIL' ? email : phone;
    const id = (await next('preference')) as PreferenceId;
    preferences.push({ id, type: 'HIGH_PRIORITY', method, delayMin, ...(method === 'PUSH' ? {} : { contactId }) });
  }
  return {
    contacts: [
      { id: email, type: 'email', target: `ana${email}@example.org`, status: 'OK', verified: true },
      { id: phone, type: 'phone', target: `+49151${12_000_000 + phone}`, regionCode: 'DE', primary: true, status: 'OK', verified: true },
    ],
    alertPreferences: preferences,
  };
};
const someone =
  (...wanted: Wanted) =>
  (installation: Installation): Promise<User> =>
    installation.person((...making) => reachedBy(making, wanted));

const targetOf = ({ contacts }: User, type: 'email' | 'phone'): string => contacts.find((contact) => contact.type === type)?.target ?? '';
const newest = (stage: Stage): string => stage.installation.providers.received(stage.alertId).at(-1)?.text ?? '';

const paged = async (stage: Stage, { id }: User): Promise<void> => {
  await stage.happens(raised(), activated(step(0), 1, id));
  await stage.settles();
};

/** The status of every text that asks for it, as the network tells it. */
const textsEnd = async (stage: Stage, person: User, status: string): Promise<void> => {
  const { network } = stage.installation.providers;
  const asked = network.requests.filter(({ form }) => form['To'] === targetOf(person, 'phone') && isAbout(form['Body'], stage));
  for (const { form } of asked)
    await stage.isAnswered(() => network.post(form['StatusCallback'] ?? '', { MessageSid: 'SM1', MessageStatus: status }));
  await stage.settles();
};
const isAbout = (text: string | undefined, { alertId }: Stage): boolean => text?.includes(`[#${alertId}]`) === true;

const repliesWithCode = async (stage: Stage, person: User): Promise<void> => {
  const code = /\bACK ([A-Z]\d+)/.exec(newest(stage))?.[1] ?? '';
  const sid = `SM-of-${stage.alertId}`;
  const { network } = stage.installation.providers;
  await stage.isAnswered(() => network.sendText({ from: targetOf(person, 'phone'), to: OURS, body: `ACK ${code}`, sid }));
  await stage.settles();
};

/** Longer than anything waits for: a provider, a receipt, a delay. */
const AT_LAST = '6h';

const ANSWER = ['publish alert-commands', 'answer', 'commit alert-facts'] as const;
const PAGE = ['append notification NotificationPlanned', 'append notification AttemptStarted'] as const;

export const stories: readonly Story[] = [
  {
    name: 'an e-mail is accepted by its link, and what was planned for later is taken back',
    has: [
      ...PAGE,
      'send by smtp',
      'append notification HandedOver',
      ...ANSWER,
      'append notification NotificationCancelled',
      'apply notifications',
    ],
    person: someone(['EMAIL', 0], ['EMAIL', 10]),
    tell: async (stage, person) => {
      await paged(stage, person);
      const link = /https?:\/\/\S+\/answer\/accept\/\S+/.exec(newest(stage))?.[0] ?? '';
      await stage.isAnswered(async () => {
        const answer = await fetch(link, { method: 'POST' });
        await answer.arrayBuffer();
        return answer;
      });
      await stage.settles();
      await stage.passes(AT_LAST);
    },
  },
  {
    name: 'an e-mail that the mail server refuses is sent by SendGrid, delivered by its event and answered by a reply',
    has: [
      ...PAGE,
      'send by smtp',
      'append notification AttemptFailed',
      'send by sendgrid',
      'publish notification-commands',
      'append notification Delivered',
      ...ANSWER,
    ],
    person: someone(['EMAIL', 0]),
    tell: async (stage, person) => {
      const { mail, sendgrid } = stage.installation.providers;
      mail.refuse({ code: 451, times: Infinity });
      await paged(stage, person);
      const mails = sendgrid.mails.filter(({ subject }) => isAbout(subject, stage));
      for (const { id, customArgs } of mails)
        await stage.isAnswered(() => sendgrid.post([{ event: 'delivered', sg_event_id: `${id}-delivered`, ...customArgs }]));
      await stage.settles();
      const reply = {
        from: targetOf(person, 'email'),
        to: mails.at(-1)?.replyTo ?? '',
        text: 'accept',
        messageId: `<${stage.alertId}@mail.test>`,
      };
      await stage.isAnswered(() => sendgrid.reply(reply));
      await stage.settles();
      await stage.passes(AT_LAST);
    },
  },
  {
    name: 'a text is delivered by its receipt and answered with its code',
    has: [
      ...PAGE,
      'append texts PageTexted',
      'send by twilio',
      'publish notification-commands',
      'append notification Delivered',
      'append texts ReplyReceived',
      ...ANSWER,
    ],
    person: someone(['SMS', 0]),
    tell: async (stage, person) => {
      await paged(stage, person);
      await textsEnd(stage, person, 'delivered');
      await repliesWithCode(stage, person);
      await stage.passes(AT_LAST);
    },
  },
  {
    name: 'a text that its provider took and could not deliver is sent by the other one',
    has: [...PAGE, 'send by twilio', 'publish notification-commands', 'append notification AttemptFailed', 'send by gateway'],
    person: someone(['SMS', 0]),
    tell: async (stage, person) => {
      await paged(stage, person);
      await textsEnd(stage, person, 'undelivered');
      await stage.passes(AT_LAST);
    },
  },
  {
    name: 'a text whose provider is down is sent by the other one and answered to our number',
    has: [...PAGE, 'send by twilio', 'append notification AttemptFailed', 'send by gateway', ...ANSWER],
    person: someone(['SMS', 0]),
    tell: async (stage, person) => {
      stage.installation.providers.network.fail({ status: 503, times: Infinity });
      await paged(stage, person);
      await repliesWithCode(stage, person);
      await stage.passes(AT_LAST);
    },
  },
  {
    name: 'a text without a receipt has the e-mail sent that was planned for later',
    has: [
      ...PAGE,
      'timer',
      'send by twilio',
      'append notification NotificationBroughtForward',
      'append notification ReceiptOverdue',
      'send by smtp',
      'append notification NotificationFailed',
    ],
    person: someone(['SMS', 0], ['EMAIL', 30]),
    tell: async (stage, person) => {
      await paged(stage, person);
      await stage.passes(AT_LAST);
    },
  },
  {
    name: 'a push goes to every device, and the one that is gone is told of',
    has: [...PAGE, 'send by devices', 'publish contact-reports'],
    person: async (installation) => {
      const { push } = installation.providers;
      const [there, gone] = [installation.providers.device(), installation.providers.device()];
      push.drop(gone);
      return installation.person(async (next, sealed) => {
        const device = async (type: 'WEB_PUSH' | 'NTFY', address: string) => ({
          ...{ id: (await next('push-device')) as PushDeviceId, type, name: 'Phone', addedAt: instant(0) },
          address: sealed(address),
        });
        return {
          ...(await reachedBy([next, sealed], [['PUSH', 0]])),
          pushDevices: [
            await device('WEB_PUSH', JSON.stringify(there.subscription)),
            await device('WEB_PUSH', JSON.stringify(gone.subscription)),
            await device('NTFY', 'a-topic'),
          ],
        };
      });
    },
    tell: async (stage, person) => {
      await paged(stage, person);
      await stage.passes(AT_LAST);
    },
  },
  {
    name: 'a page that a newer one takes the place of before it is sent',
    has: [...PAGE, 'timer', 'append notification NotificationCancelled', 'send by smtp'],
    person: someone(['EMAIL', 1]),
    tell: async (stage, person) => {
      await paged(stage, person);
      await stage.happens(activated(step(1), 2, person.id));
      await stage.settles();
      await stage.passes(AT_LAST);
    },
  },
];
