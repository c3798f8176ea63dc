import type { ActionCall, Chats, ToldAlert } from '@tocsin/alert-actions';
import { chats } from '@tocsin/channels';
import type { RoomPost } from '@tocsin/channels';
import { toIso } from '@tocsin/domain';

/** Channels of chats are told as other systems are: in English, one message for each thing that happened. */
export const actionChats: Chats = {
  problem: (chat, url) => chats[chat].problem(url),
  request: (chat, url, call) => chats[chat].request(url, postOf(call)),
};

const postOf = ({ alert, trigger, possiblyDone }: ActionCall): RoomPost => {
  const { id, summary, source, priority, reportTime, details, links, url } = alert;
  return {
    title: `[#${id}] ${summary}`,
    mood: moodOf(alert),
    body: [
      happened[trigger](alert),
      `${source.name}, ${priority} priority, reported at ${toIso(reportTime)}`,
      ...(possiblyDone ? ['This may be a repetition.'] : []),
    ].join('\n'),
    ...(details === undefined ? {} : { details }),
    links: [{ text: `Alert #${id}`, href: url }, ...links.map(({ href, text }) => ({ text: text ?? href, href }))],
  };
};

const moodOf = ({ status, priority }: ToldAlert): RoomPost['mood'] => {
  if (status === 'RESOLVED') return 'relief';
  if (status === 'ACCEPTED') return 'attention';
  return priority === 'HIGH' ? 'alarm' : 'plain';
};

const happened: Readonly<Record<ActionCall['trigger'], (alert: ToldAlert) => string>> = {
  'alert-created': () => 'New alert.',
  'alert-assigned': (alert) => `Assigned${to(alert)}.`,
  'alert-auto-escalated': (alert) => `Nobody had answered: escalated${to(alert)}.`,
  'alert-acknowledged': ({ assignedTo }) => (assignedTo === undefined ? 'Accepted.' : `Accepted by ${nameOf(assignedTo)}.`),
  'alert-raised': () => 'Raised to HIGH priority.',
  'alert-comment-added': () => 'A comment was added.',
  'alert-escalation-ended': () => 'The escalation is over, and nobody has answered.',
  'alert-resolved': () => 'Resolved.',
  'alert-auto-resolved': () => 'Resolved by the time-out of its source.',
  'alert-responder-added': () => 'A responder was added.',
  'alert-responder-removed': () => 'A responder was removed.',
  'alert-channel-attached': () => 'It has a channel of its own in Slack.',
  'alert-channel-detached': () => 'It has no channel of its own in Slack any more.',
  'v-alert-not-resolved': () => 'Still not resolved.',
  manual: ({ status }) => `Sent by hand; it is ${status}.`,
};

const to = ({ assignedTo }: ToldAlert): string => (assignedTo === undefined ? '' : ` to ${nameOf(assignedTo)}`);

const nameOf = ({ firstName, lastName, username }: NonNullable<ToldAlert['assignedTo']>): string =>
  `${firstName} ${lastName}`.trim() || username;
