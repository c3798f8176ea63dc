import { instant } from '@tocsin/domain';
import type { PushDeviceId, User } from '@tocsin/domain';
import { activated, step } from '../facts';
import { callStories } from './call-stories';
import { chatStories } from './chat-stories';
import { OURS } from './providers';
import { ANSWER, AT_LAST, isAbout, newest, PAGE, paged, reachedBy, someone, targetOf } from './story';
import type { Stage, Story } from './story';

/** The status of every text that asks for it, as the network tells it. */
const textsEnd = async (stage: Stage, person: User, status: string): Promise<void> => {
  const { network } = stage.installation.providers;
  const asked = network.requests.filter(({ form }) => form['To'] === targetOf(person, 'phone') && isAbout(form['Body'], stage));
  for (const { form } of asked)
    await stage.isAnswered(() => network.post(form['StatusCallback'] ?? '', { MessageSid: 'SM1', MessageStatus: status }));
  await stage.settles();
};

const repliesWithCode = async (stage: Stage, person: User): Promise<void> => {
  const code = /\bACK ([A-Z]\d+)/.exec(newest(stage))?.[1] ?? '';
  const sid = `SM-of-${stage.alertId}`;
  const { network } = stage.installation.providers;
  await stage.isAnswered(() => network.sendText({ from: targetOf(person, 'phone'), to: OURS, body: `ACK ${code}`, sid }));
  await stage.settles();
};

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
  ...callStories,
  ...chatStories,
];
