import type { GroupingSettings, KeyedToolEvent } from '../alert/tool-event';
import type { ToolEventDecision } from '../alert/tool-event-opening';
import { minute, sourceId } from './alert-builders';
import { ToolEventStory, type Delivered } from './tool-event-story';

let offset = 0;

/** The minute at which the newest event was taken. */
export const now = () => minute(offset);

/** Each event is a minute and an offset later than the one before. */
export const delivery = (eventType: KeyedToolEvent['eventType'], settings: Partial<KeyedToolEvent> = {}): Delivered => {
  offset += 1;
  const event = { sourceId, eventType, receivedAt: minute(offset), summary: 'disk full', ...settings };
  return { id: `event-${offset}`, position: { epoch: 'e1', partition: 0, offset }, event };
};
export const disk = (settings: Partial<KeyedToolEvent> = {}) => delivery('ALERT', { alertKey: 'disk', ...settings });
export const keyless = (settings: Partial<KeyedToolEvent> = {}) => delivery('ALERT', settings);
export const group = (...members: readonly (readonly [key: string, episode: string, state: 'firing' | 'resolved'])[]) =>
  delivery(members.some(([, , state]) => state === 'firing') ? 'ALERT' : 'RESOLVE', {
    alertKey: 'group',
    members: members.map(([key, episode, state]) => ({ key, episode, state, summary: key })),
  });

const told = (decision: ToolEventDecision): string => {
  switch (decision.type) {
    case 'open':
      return 'open';
    case 'drop':
      return `drop: ${decision.reason}`;
    case 'apply':
      return `${decision.command.type === 'recordToolEventIgnored' ? decision.command.reason : decision.command.type} on ${decision.alertId}`;
  }
};
/** Takes events one by one and says in a few words what came of each. */
export const telling = (settings: GroupingSettings) => {
  const story = new ToolEventStory(settings);
  return {
    story,
    take: (event: Delivered) => told(story.deliver(event, event.event.receivedAt)),
    statuses: () => story.alerts().map(({ status }) => status),
  };
};
