import type { EventImage, EventLink } from '@tocsin/domain';
import { LOG_FILTER_TYPES } from '../public/alerts';
import type {
  PublicAlert,
  PublicCount,
  PublicLogEntry,
  PublicNotification,
  PublicResponder,
  PublicSuggestedResponder,
} from '../public/alerts';
import { UserRel } from './people';
import { AlertSource, EscalationPolicy, EscalationRule, Named } from './routing';
import { eitherOf, flag, id, listOf, maybe, named, object, openObject, orNull, text, textsByName, time, whole, words } from './shape';

export const Responder = named(
  'Responder',
  object<PublicResponder>({ user: UserRel, status: words('PENDING', 'ACCEPTED'), acceptedAt: maybe(time) }),
);

const who = words('USER', 'SOURCE');

export const Alert = named(
  'Alert',
  object<PublicAlert>({
    id,
    summary: text,
    details: maybe(text),
    reportTime: time,
    resolvedOn: maybe(time),
    status: words('PENDING', 'ACCEPTED', 'RESOLVED'),
    alertSource: eitherOf(AlertSource, Named),
    escalationPolicy: orNull(eitherOf(EscalationPolicy, Named)),
    priority: words('HIGH', 'LOW'),
    alertKey: maybe(text),
    assignedTo: maybe(UserRel),
    nextEscalation: maybe(time),
    nextEscalationRuleIndex: maybe(whole),
    nextEscalationUser: maybe(UserRel),
    escalationRules: listOf(EscalationRule),
    images: listOf(object<EventImage>({ src: text, href: maybe(text), alt: maybe(text) })),
    links: listOf(object<EventLink>({ href: text, text: maybe(text) })),
    responders: listOf(Responder),
    severity: maybe(whole),
    labels: textsByName,
    customDetails: maybe(openObject),
    mergeState: words('NONE'),
    acknowledgedBy: maybe(UserRel),
    acknowledgedByType: maybe(who),
    resolvedBy: maybe(UserRel),
    resolvedByType: maybe(who),
  }),
);

export const Count = named('Count', object<PublicCount>({ count: whole }));

export const Notification = named(
  'Notification',
  object<PublicNotification>({
    id,
    method: text,
    target: maybe(text),
    subject: text,
    alertId: id,
    user: object<PublicNotification['user']>({ id, firstname: text, lastname: text }),
    notificationTime: time,
    status: words('SCHEDULED', 'SUCCESS', 'ERROR'),
    errorMessage: maybe(text),
    state: text,
    reason: maybe(text),
  }),
);

export const LogEntry = named(
  'LogEntry',
  object<PublicLogEntry>({
    id,
    timestamp: time,
    logEntryType: text,
    text,
    alertId: id,
    filterTypes: listOf(words(...LOG_FILTER_TYPES)),
    vars: textsByName,
  }),
);

export const SuggestedResponder = named(
  'SuggestedResponder',
  object<PublicSuggestedResponder>({ group: words('USER', 'ESCALATION_POLICY', 'ON_CALL_SCHEDULE'), id, name: text, disabled: flag }),
);
