import type { AlertEvent, AlertEventOf } from '../alert/alert-events';
import {
  accepted,
  activated,
  alertId,
  ana,
  ben,
  minute,
  raised,
  resolvedBy,
  responderAccepted,
  source,
  step,
  user,
} from '../testing/alert-builders';
import { slackNewsOf } from './slack-updates';

const by = user(ana);
const change = <Type extends AlertEvent['type']>(type: Type, data: object): AlertEvent =>
  ({ type, data: { alertId, at: minute(1), by, ...data } }) as unknown as AlertEventOf<Type>;

describe('what a channel is told of an alert', () => {
  it.each<[string, AlertEvent, string | undefined]>([
    ['whom the first level leads to stands in the message', activated(step(0), 1, ana), undefined],
    ['the next level', activated(step(1), 2, ben), 'escalations'],
    ['the first level of the second pass', activated(step(0, 2), 3, ana), 'escalations'],
    ['the first level of another round', activated(step(0, 1, 2), 3, ana), 'escalations'],
    ['that somebody escalated it', change('EscalationRequested', { round: 2, to: { pass: 1, level: 1 } }), 'escalations'],
    ['that nobody is there', change('NobodyOnCall', { fallback: [ana] }), 'escalations'],
    ['that nobody answered', change('EscalationEnded', { fallback: [ana] }), 'escalations'],
    ['that it was assigned', change('AlertAssigned', { to: { type: 'user', userId: ben } }), 'assignments'],
    ['that somebody was added', change('ResponderAdded', { userId: ben }), 'assignments'],
    ['that somebody was removed stands in the message', change('ResponderRemoved', { userId: ben }), undefined],
    ['that its summary changed stands in the message', change('AlertSummaryChanged', {}), undefined],
    ['that it was accepted', accepted(ana), 'actions'],
    ['that somebody else accepted it, too', responderAccepted(ben, minute(2)), 'actions'],
    ['that it is over', resolvedBy(source, minute(3)), 'actions'],
  ])('%s', (_what, fact, tells) => expect(slackNewsOf(fact)).toEqual(tells === undefined ? {} : { tells }));

  it.each<[string, AlertEvent]>([
    ['it was raised: that is the message itself', raised()],
    ['it was reported again', change('AlertRepeated', {})],
    ['somebody commented on it', change('CommentAdded', {})],
    ['a newer version knows of', change('AlertSnoozed' as never, {})],
  ])('nothing of what %s', (_what, fact) => expect(slackNewsOf(fact)).toBeUndefined());
});
