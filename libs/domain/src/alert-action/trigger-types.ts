import type { AlertEvent } from '../alert/alert-events';
import type { AlertChannelEvent } from '../chat/alert-channel-events';

/** What sets an action off; the public API's words. */
export const TRIGGER_TYPES = [
  ...(['alert-created', 'alert-assigned', 'alert-auto-escalated', 'alert-acknowledged', 'alert-raised', 'alert-comment-added'] as const),
  ...(['alert-escalation-ended', 'alert-resolved', 'alert-auto-resolved', 'alert-responder-added', 'alert-responder-removed'] as const),
  ...(['alert-channel-attached', 'alert-channel-detached', 'v-alert-not-resolved'] as const),
] as const;
export type TriggerType = (typeof TRIGGER_TYPES)[number];

export const isTriggerType = (word: string): word is TriggerType => (TRIGGER_TYPES as readonly string[]).includes(word);

/** What happens to an alert, and to the channel that it has of its own. */
export type AlertFact = AlertEvent | AlertChannelEvent;

/**
 * What one fact sets off; an action that listens for several of these runs once, for the first. `before`: the facts of the same
 * alert up to it, asked for only where they decide.
 */
export const triggersOf = (fact: AlertFact, before: readonly AlertEvent[]): readonly TriggerType[] => {
  switch (fact.type) {
    case 'AlertRaised':
      return ['alert-created'];
    // Whoever escalates by hand gives the alert to others, as whoever assigns it does.
    case 'AlertAssigned':
    case 'EscalationRequested':
      return ['alert-assigned'];
    case 'RespondersActivated':
      return isGoneOn(fact, before) ? ['alert-auto-escalated'] : [];
    case 'AlertAccepted':
      return ['alert-acknowledged'];
    case 'AlertPriorityRaised':
      return ['alert-raised'];
    case 'CommentAdded':
      return ['alert-comment-added'];
    case 'EscalationEnded':
      return ['alert-escalation-ended'];
    case 'AlertResolved':
      return fact.data.cause === 'auto-resolution' ? ['alert-auto-resolved', 'alert-resolved'] : ['alert-resolved'];
    case 'ResponderAdded':
      return ['alert-responder-added'];
    case 'ResponderRemoved':
      return ['alert-responder-removed'];
    case 'AlertChannelMade':
      return ['alert-channel-attached'];
    case 'AlertChannelArchived':
    case 'AlertChannelDetached':
      return ['alert-channel-detached'];
    default:
      return [];
  }
};

/** What may come of a fact, told from it alone, so that what nobody listens for costs nothing. */
export const possibleTriggers = (fact: AlertFact): readonly TriggerType[] => {
  switch (fact.type) {
    case 'AlertRaised':
      return ['alert-created', 'v-alert-not-resolved'];
    case 'RespondersActivated':
      return ['alert-auto-escalated'];
    default:
      return triggersOf(fact, []);
  }
};

type Activated = Extract<AlertEvent, { type: 'RespondersActivated' }>;

/** A level before it was reached in the same round, and nobody began anew since, by raising the alert: nobody asked for this one. */
const isGoneOn = ({ data: { step } }: Activated, before: readonly AlertEvent[]): boolean =>
  before
    .slice(before.findLastIndex(({ type }) => type === 'AlertPriorityRaised') + 1)
    .some(
      ({ type, data }) =>
        (type === 'RespondersActivated' || type === 'LevelSkipped') &&
        'step' in data &&
        data.step.round === step.round &&
        (data.step.pass < step.pass || (data.step.pass === step.pass && data.step.level < step.level)),
    );
