import { SlackServer } from '@tocsin/testing';
import type { SlackPerson } from '@tocsin/testing';
import { channelContract } from './channel.contract';
import { renderMessage } from './render';
import { WebApiWorkspace } from './slack';
import { SlackDirectChannel } from './slack-direct.channel';

const TOKEN = 'xoxb-by-hand';
const open = async (rates = { postsPerChannelPerSec: 1_000, postBurst: 1_000, postsPerMinute: 100_000 }) => {
  const slack = await SlackServer.start({ botToken: TOKEN, rates });
  const settings = { baseUrl: slack.url, signingSecrets: [], token: () => TOKEN, deadlineMs: 2_000, quickDeadlineMs: 2_000 };
  return { slack, channel: new SlackDirectChannel(new WebApiWorkspace(settings)) };
};
const known = (slack: SlackServer, id: string): SlackPerson => {
  const person = { ...slack.team.addPerson('ana'), id };
  slack.team.people.set(id, person);
  return person;
};

channelContract('slack', ['limited', 'broken', 'silent', 'nobody', 'away'], async () => {
  const { slack, channel } = await open();
  const ana = known(slack, 'ana.lima@example.org');
  const posting = (what: 'limited' | 'broken' | 'silent') => () => slack.fault({ method: 'chat.postMessage', what, times: 1 });
  return {
    channel,
    withinMs: 8_000,
    secrets: [TOKEN],
    situations: [
      { name: 'limited', arrange: posting('limited'), expected: 'failed' },
      { name: 'broken', arrange: posting('broken'), expected: 'unknown' },
      { name: 'silent', arrange: posting('silent'), expected: 'unknown' },
      { name: 'nobody', arrange: () => void slack.team.people.delete(ana.id), expected: 'failed', permanent: true },
      { name: 'away', arrange: () => slack.stop(), expected: 'failed' },
    ],
    close: () => slack.stop(),
  };
});

describe('a page by Slack', () => {
  const page = renderMessage('SLACK', {
    type: 'page',
    language: 'en',
    personName: 'Ana',
    alert: { id: 7, summary: 'disk <full>', priority: 'HIGH', sourceName: 'Prometheus', reportTime: '10:00 CET', links: [] },
    reason: 'You are on call.',
    lateSec: 30,
    possiblyDuplicate: false,
    answers: { accept: 'https://tocsin.test/a', resolve: 'https://tocsin.test/r' },
    step: { round: 1, pass: 1, level: 0 },
  });
  const send = (channel: SlackDirectChannel, target: string, attempt: number) =>
    channel.send({ target, message: page, key: 'notification-9', correlation: { stream: 'notification-7-1-1', attempt } });

  it('has buttons, says why it comes and that it is late', async () => {
    const { slack, channel } = await open();
    const ana = slack.team.addPerson('ana');
    expect(await send(channel, ana.id, 1)).toMatchObject({ type: 'handed-over' });
    const [message] = slack.direct(ana);
    expect(message?.text).toBe('[#7] disk &lt;full&gt;');
    const blocks = JSON.stringify(message?.blocks);
    for (const part of ['You are on call.', '30 s late', '10:00 CET', '"accept"', '"escalate"', '[1,1,0]']) expect(blocks).toContain(part);
    await slack.stop();
  });

  it('stands there once, although nobody heard that it did', async () => {
    const { slack, channel } = await open();
    const ana = slack.team.addPerson('ana');
    slack.fault({ method: 'chat.postMessage', what: 'lose-answer', times: 1 });
    expect(await send(channel, ana.id, 1)).toMatchObject({ type: 'unknown' });
    expect(await send(channel, ana.id, 2)).toMatchObject({ type: 'handed-over' });
    expect(slack.direct(ana)).toHaveLength(1);
    await slack.stop();
  });
});
