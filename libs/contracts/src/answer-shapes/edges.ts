import type {
  PublicAuditEntry,
  PublicParkedMessage,
  PublicParkedMessageInFull,
  PublicReplayedMessages,
  PublicSignInLink,
} from '../public/administration';
import type { PublicChallengeAnswer, PublicSourceEvent, PublicTakenEvent, PublicTakenEventV1 } from '../public/events';
import { anything, eitherOf, flag, id, listOf, maybe, named, object, openObject, orNull, text, time, whole, words } from './shape';

export const AuditEntry = named(
  'AuditEntry',
  object<PublicAuditEntry>({
    id: text,
    time,
    actor: object<PublicAuditEntry['actor']>({ type: words('user', 'source', 'system'), id: eitherOf(id, text) }),
    action: words('created', 'changed', 'deleted', 'replayed', 'discarded'),
    resource: object<PublicAuditEntry['resource']>({ type: text, id: eitherOf(id, text), name: maybe(text) }),
    changes: listOf(object<PublicAuditEntry['changes'][number]>({ field: text, before: maybe(anything), after: maybe(anything) })),
    correlationId: text,
    remoteAddress: maybe(text),
  }),
);

const parkedMessage = {
  id: text,
  parkedAt: time,
  topic: text,
  group: text,
  error: object<PublicParkedMessage['error']>({ name: text, message: text }),
  tooLarge: flag,
  messageId: text,
  messageType: text,
  messageTime: time,
  correlationId: text,
};
export const ParkedMessage = named('ParkedMessage', object<PublicParkedMessage>(parkedMessage));
export const ParkedMessageInFull = named(
  'ParkedMessageInFull',
  object<PublicParkedMessageInFull>({ ...parkedMessage, message: openObject }),
);
export const ReplayedMessages = named('ReplayedMessages', object<PublicReplayedMessages>({ replayed: whole, left: whole }));

export const SignInLink = named('SignInLink', object<PublicSignInLink>({ url: text }));

export const TakenEvent = named('TakenEvent', object<PublicTakenEvent>({}));
export const TakenEventV1 = named(
  'TakenEventV1',
  object<PublicTakenEventV1>({
    incidentKey: orNull(text),
    incidentUrl: text,
    alertKey: orNull(text),
    alertUrl: text,
    responseCode: words('ACCEPTED'),
  }),
);
export const SourceEvent = named(
  'SourceEvent',
  object<PublicSourceEvent>({
    time,
    eventType: orNull(text),
    alertKey: orNull(text),
    outcome: words('DROPPED'),
    reason: words(
      ...(['source-inactive', 'key-required', 'no-comment', 'no-open-alert', 'episode-over', 'ambiguous'] as const),
      ...(['nothing-firing', 'received-before-resolution'] as const),
    ),
    text,
    count: whole,
  }),
);
export const ChallengeAnswer = named('ChallengeAnswer', object<PublicChallengeAnswer>({ response_token: text }));
