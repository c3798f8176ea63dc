import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { MailServer } from '@tocsin/testing';
import { channelContract } from '../channel.contract';
import type { ProviderSituation } from '../channel.contract';
import { SmtpChannel } from './smtp.channel';

const PASSWORD = 'correct-horse';
const shortDeadlines = { connectTimeoutMs: 2_000, answerTimeoutMs: 2_000, deadlineMs: 4_000, connections: 2 };
const channelTo = (url: string, more: object = {}) =>
  new SmtpChannel({ url, from: 'Tocsin <tocsin@example.net>', ...shortDeadlines, ...more });

const situations = (mail: MailServer): readonly ProviderSituation[] => [
  { name: 'refused at MAIL', arrange: () => mail.refuse({ code: 553, times: 1, to: 'MAIL' }), expected: 'failed', permanent: true },
  { name: 'unknown recipient', arrange: () => mail.refuse({ code: 550, times: 1, to: 'RCPT' }), expected: 'failed', permanent: true },
  { name: 'greylisted', arrange: () => mail.refuse({ code: 451, times: 1, to: 'RCPT' }), expected: 'failed' },
  { name: 'refused after the message', arrange: () => mail.refuse({ code: 554, times: 1 }), expected: 'failed', permanent: true },
  { name: 'put off after the message', arrange: () => mail.refuse({ code: 452, times: 1 }), expected: 'failed' },
  { name: 'broken off before the message', arrange: () => mail.make('drop-before', 9), expected: 'failed' },
  { name: 'broken off after the message', arrange: () => mail.make('drop-after', 9), expected: 'unknown' },
  { name: 'silent before the message', arrange: () => mail.make('silent-before', 9), expected: 'failed' },
  { name: 'silent after the message', arrange: () => mail.make('silent-after', 9), expected: 'unknown' },
  { name: 'gone', arrange: () => mail.stop(), expected: 'failed' },
];
const names = [
  'refused at MAIL',
  'unknown recipient',
  'greylisted',
  'refused after the message',
  'put off after the message',
  'broken off before the message',
  'broken off after the message',
  'silent before the message',
  'silent after the message',
  'gone',
];

channelContract('smtp', names, async () => {
  const mail = await MailServer.start();
  const channel = channelTo(mail.url);
  return {
    channel,
    withinMs: 8_000,
    secrets: [],
    situations: situations(mail),
    close: async () => {
      await channel.close();
      await mail.stop();
    },
  };
});

describe('an e-mail', () => {
  let mail: MailServer;
  let channel: SmtpChannel;
  beforeEach(async () => {
    mail = await MailServer.start();
    channel = channelTo(mail.url);
  });
  afterEach(async () => {
    await channel.close();
    await mail.stop();
  });
  const message = (subject: string, target = 'ana@example.org', key = 'notification-4711-1-8') => ({
    target,
    message: { subject, text: 'plain', html: '<p>rich</p>' },
    key,
  });

  it('arrives as it was written, from the sender that is set', async () => {
    await channel.send(message('Platte voll – ünïcode'));
    expect(mail.mailbox('ana@example.org')).toMatchObject([
      { subject: 'Platte voll – ünïcode', text: expect.stringContaining('plain'), html: expect.stringContaining('<p>rich</p>') },
    ]);
    expect(mail.all()[0]?.from).toContain('tocsin@example.net');
  });

  it('has the Message-ID of its notification at every attempt, so that a repetition can be told', async () => {
    mail.make('drop-after', 1);
    expect(await channel.send(message('a'))).toMatchObject({ type: 'unknown' });
    expect(await channel.send(message('a'))).toEqual({
      type: 'handed-over',
      receiptExpected: false,
      reference: '<notification-4711-1-8@example.net>',
    });
    expect(mail.mailbox('ana@example.org').map(({ messageId }) => messageId)).toEqual(Array(2).fill('<notification-4711-1-8@example.net>'));
  });

  it('goes to the one address it is for, whatever stands in that address or in the subject', async () => {
    await channel.send(message('x\r\nBcc: eve@example.org\r\n\r\nbody'));
    await channel.send(message('y', 'ana@example.org, eve@example.org'));
    await channel.send(message('z', 'ana@example.org>\r\nRCPT TO:<eve@example.org'));
    expect(mail.mailbox('eve@example.org')).toEqual([]);
  });

  it('leaves by another connection when one was lost', async () => {
    mail.make('drop-before', 1);
    await channel.send(message('a'));
    expect(await channel.send(message('b'))).toMatchObject({ type: 'handed-over' });
  });

  it('whose turn does not come in time is not sent later', async () => {
    mail.make('silent-before', 9);
    const narrow = channelTo(mail.url, { connections: 1, answerTimeoutMs: 1_000, deadlineMs: 600 });
    const outcomes = await Promise.all([narrow.send(message('a')), narrow.send(message('b'))]);
    expect(outcomes).toMatchObject([
      { type: 'failed', permanent: false },
      { type: 'failed', permanent: false },
    ]);
    await narrow.close();
    expect(mail.all()).toEqual([]);
  });

  it('that a server will not have from us is tried again: the setting may be mended meanwhile', async () => {
    const refusing = createServer((socket) => socket.end('554 5.7.1 go away\r\n'));
    await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve));
    const refused = channelTo(`smtp://127.0.0.1:${(refusing.address() as AddressInfo).port}`);
    expect(await refused.send(message('a'))).toMatchObject({ type: 'failed', permanent: false });
    await refused.close();
    refusing.close();
  });

  it('for which the sign-in fails is tried again, and the password is not told', async () => {
    const signedIn = channelTo(mail.url.replace('smtp://', `smtp://tocsin:${PASSWORD}@`));
    const outcome = await signedIn.send(message('a'));
    expect(outcome).toMatchObject({ type: 'failed', permanent: false });
    expect(JSON.stringify(outcome)).not.toContain(PASSWORD);
    await signedIn.close();
  });
});
