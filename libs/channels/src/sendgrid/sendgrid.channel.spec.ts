import { SendGridServer } from '@tocsin/testing';
import { channelContract } from '../channel.contract';
import { SendGridChannel } from './sendgrid.channel';

jest.setTimeout(60_000);

const DEADLINE_MS = 1_500;
const open = async (hasReceipts = true) => {
  const sendgrid = await SendGridServer.start();
  const channel = new SendGridChannel({
    apiKey: sendgrid.apiKeys[0] ?? '',
    baseUrl: sendgrid.url,
    from: 'Tocsin <tocsin@example.net>',
    hasReceipts,
    deadlineMs: DEADLINE_MS,
  });
  return { sendgrid, channel };
};

const names = ['too many', 'down', 'gave up', 'bad address', 'too large', 'key not known', 'dropped', 'answer lost', 'silent', 'away'];

channelContract('sendgrid', names, async () => {
  const { sendgrid, channel } = await open();
  return {
    channel,
    withinMs: DEADLINE_MS + 2_000,
    secrets: [sendgrid.apiKeys[0] ?? ''],
    situations: [
      { name: 'too many', arrange: () => sendgrid.fail(429), expected: 'failed' },
      { name: 'down', arrange: () => sendgrid.fail(503), expected: 'failed' },
      { name: 'gave up', arrange: () => sendgrid.fail(504), expected: 'unknown' },
      { name: 'bad address', arrange: () => sendgrid.fail(400), expected: 'failed', permanent: true },
      { name: 'too large', arrange: () => sendgrid.fail(413), expected: 'failed', permanent: true },
      { name: 'key not known', arrange: () => void (sendgrid.apiKeys = ['SG.another']), expected: 'failed' },
      { name: 'dropped', arrange: () => sendgrid.make('drop-before'), expected: 'unknown' },
      { name: 'answer lost', arrange: () => sendgrid.make('drop-after'), expected: 'unknown' },
      { name: 'silent', arrange: () => sendgrid.make('silent-after'), expected: 'unknown' },
      { name: 'away', arrange: () => sendgrid.stop(), expected: 'failed' },
    ],
    close: async () => {
      await channel.close();
      await sendgrid.stop();
    },
  };
});

describe('a mail by SendGrid', () => {
  const message = {
    target: 'ana@example.org',
    message: { subject: 'disk full {{x}} ä', text: 'the text', html: '<p>the text</p>' },
    key: 'notification-7',
    correlation: { stream: 'notification-4711-1-8', attempt: 2 },
  };
  const sent = async (hasReceipts = true) => {
    const { sendgrid, channel } = await open(hasReceipts);
    const outcome = await channel.send(message);
    await sendgrid.stop();
    return { outcome, mail: sendgrid.mails[0] };
  };

  it('arrives as it is, under the Message-ID of its key, and carries what its receipts are to name', async () => {
    const { outcome, mail } = await sent();
    expect(outcome).toEqual({ type: 'handed-over', receiptExpected: true, reference: mail?.id });
    expect(mail).toMatchObject({
      to: 'ana@example.org',
      from: 'tocsin@example.net',
      subject: 'disk full {{x}} ä',
      text: 'the text',
      messageId: '<notification-7@example.net>',
      customArgs: { tocsin_stream: 'notification-4711-1-8', tocsin_attempt: '2' },
    });
  });

  it('has its links left alone, and nothing that watches its reader', async () => {
    const { mail } = await sent();
    expect(mail?.request['tracking_settings']).toEqual({
      click_tracking: { enable: false, enable_text: false },
      open_tracking: { enable: false },
      subscription_tracking: { enable: false },
    });
  });

  it('that is one too many is tried again not before SendGrid wants it', async () => {
    const { sendgrid, channel } = await open();
    sendgrid.fail(429);
    const outcome = await channel.send(message);
    await sendgrid.stop();
    expect(outcome).toEqual({ type: 'failed', permanent: false, reason: 'SendGrid HTTP 429', retryAfterMs: 7_000 });
  });

  it('awaits no receipt when events cannot be believed', async () => {
    expect((await sent(false)).outcome).toMatchObject({ type: 'handed-over', receiptExpected: false });
  });
});
