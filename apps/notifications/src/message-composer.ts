import { timeText } from '@tocsin/channels';
import type { MessageContent, PageContent } from '@tocsin/channels';
import { reasonText } from '@tocsin/contracts';
import { CODE_PURPOSE, CODE_VALID_MINUTES, codeSubject, plusMinutes, SIGN_IN_MAIL_VALID_MINUTES } from '@tocsin/domain';
import type { AlertEvent, CancelReason, Instant, NotificationEventOf, ResponderReason, User } from '@tocsin/domain';
import { eventOf } from '@tocsin/event-store';
import { ConfigurationReader } from '@tocsin/messaging';
import { SecretBox, SignInLinks } from '@tocsin/platform';
import type { AlertHistory } from '@tocsin/read-models';
import { actorName } from './actor-name';
import { AnswerLinks } from './answer-links';
import { DutyComposer } from './duties/duty-composer';
import { newsText } from './news/news-texts';

export type Planned = NotificationEventOf<'NotificationPlanned'>['data'];

/** How the attempt at hand differs from the plan. */
export interface AttemptNotes {
  readonly lateMs: number;
  readonly possiblyDuplicate: boolean;
  /** How a text message is answered. */
  readonly reply?: { readonly code: string; readonly to?: string };
  readonly canReplyByMail?: boolean;
}

/** Less than this is on time: the machinery itself needs a moment. */
const LATE_FROM_MS = 2_000;

/** Texts are rendered when they are sent or looked at, never stored: names and addresses stay where they can be erased. */
export class MessageComposer {
  constructor(
    private readonly links: AnswerLinks,
    private readonly configuration: ConfigurationReader,
    private readonly secrets: SecretBox,
    private readonly duties: DutyComposer,
    private readonly signInLinks: SignInLinks,
  ) {}

  page(
    planned: Planned,
    user: User,
    { document, events }: AlertHistory,
    { lateMs, possiblyDuplicate, reply, canReplyByMail = false }: AttemptNotes,
  ): PageContent {
    const source = this.configuration.get('source', document.sourceId);
    const activation = activationOf(events, planned);
    // What delayed the level delayed the page: without it a page after downtime would look as if it were on time.
    const lateTogetherMs = activation.lateMs + lateMs;
    const claims = { alertId: document.id, userId: user.id, ...(planned.step === undefined ? {} : { step: planned.step }) };
    return {
      type: 'page',
      language: user.language,
      personName: user.firstName,
      alert: {
        id: document.id,
        summary: document.summary,
        ...(document.details === undefined ? {} : { details: document.details }),
        priority: document.priority,
        sourceName: source?.name ?? `#${document.sourceId}`,
        reportTime: timeText(document.reportTime, user),
        links: document.links,
      },
      reason: reasonText(activation.reason, user.language, (at) => timeText(at, user)),
      lateSec: lateTogetherMs < LATE_FROM_MS ? 0 : Math.round(lateTogetherMs / 1_000),
      possiblyDuplicate,
      ...(reply === undefined ? {} : { reply }),
      ...(canReplyByMail ? { canReplyByMail } : {}),
      answers: this.links.links(claims, planned.at as Instant),
      answerPage: this.links.pageLink(claims, planned.at as Instant),
      ...(planned.step === undefined ? {} : { step: planned.step }),
    };
  }

  /** Several pages of one person in one message, each answered as if it were alone; or several pieces of news. */
  bundle(
    pages: readonly { readonly plan: Planned; readonly content: MessageContent }[],
    user: User,
    { id, attempt }: { readonly id: number; readonly attempt: number },
  ): MessageContent {
    const plannedAt = Math.max(...pages.map(({ plan }) => plan.at)) as Instant;
    const news = pages.flatMap(({ content }) => (content.type === 'news' ? [content] : []));
    if (news.length > 0) return { type: 'digest', language: user.language, personName: user.firstName, news };
    return {
      type: 'bundle',
      language: user.language,
      personName: user.firstName,
      pages: pages.flatMap(({ content }) => (content.type === 'page' ? [content] : [])),
      acceptAll: this.links.acceptAllLink({ bundle: id, attempt, userId: user.id }, plannedAt),
    };
  }

  /** What happened to an alert, told once: by the fact it was planned from. */
  news(planned: Planned, user: User, { document, events }: AlertHistory): MessageContent | undefined {
    const { language } = user;
    const stored = events.find(({ revision }) => revision === planned.alertRevision);
    const news =
      stored === undefined
        ? undefined
        : newsText(eventOf<AlertEvent>(stored), {
            language,
            actor: (actor) => actorName(actor, language, this.configuration),
            person: (userId) => actorName({ type: 'user', userId }, language, this.configuration),
            time: (at) => timeText(at, user),
          });
    if (news === undefined) return undefined;
    const { id, summary, priority } = document;
    return { type: 'news', language, personName: user.firstName, alert: { id, summary, priority }, news };
  }

  /** A message that is about no alert, or why there is nothing to say any more. @throws EventStoreFault */
  async withoutAlert(planned: Planned, user: User): Promise<Exclude<MessageContent, PageContent> | { readonly stopped: CancelReason }> {
    const addressed = { language: user.language, personName: user.firstName };
    if (planned.purpose === 'duty') return this.duties.content(planned, user);
    if (planned.purpose === 'test') return { type: 'test', list: planned.list ?? 'alerts', ...addressed };
    if (planned.purpose === 'sign-in') return this.signInLink(planned, user);
    const contact = user.contacts.find(({ id }) => id === planned.contactId);
    if (planned.purpose !== 'verification' || contact === undefined || planned.challenge === undefined) return { stopped: 'expired' };
    const code = this.secrets.shortCode(CODE_PURPOSE, codeSubject(user.id, contact, planned.challenge));
    return { type: 'verification', ...addressed, code, validMinutes: CODE_VALID_MINUTES };
  }

  /** The same link however often it is sent: it works once. */
  private signInLink({ challenge: nonce, dueAt }: Planned, { id: userId, role, language, firstName }: User) {
    if (nonce === undefined) return { stopped: 'expired' } as const;
    const url = this.signInLinks.link({ userId, role, nonce, byMail: true }, plusMinutes(dueAt, SIGN_IN_MAIL_VALID_MINUTES));
    return { type: 'sign-in', language, personName: firstName, url, validMinutes: SIGN_IN_MAIL_VALID_MINUTES } as const;
  }
}

interface PageCause {
  readonly reason: ResponderReason;
  /** How much later than due the level itself fired. */
  readonly lateMs: number;
}

/** Why this activation paged this person, and how late it was. */
const activationOf = (events: AlertHistory['events'], planned: Planned): PageCause => {
  for (const event of events.map(eventOf<AlertEvent>)) {
    switch (event.type) {
      case 'RespondersActivated': {
        const { activation, responders, lateMs } = event.data;
        if (activation !== planned.activation) break;
        return { reason: responders.find(({ userId }) => userId === planned.userId)?.reason ?? { type: 'direct' }, lateMs };
      }
      case 'NobodyOnCall':
      case 'EscalationEnded':
        if (event.data.activation === planned.activation) return { reason: { type: 'fallback' }, lateMs: 0 };
        break;
      case 'ResponderAdded':
        if (event.data.activation === planned.activation) return { reason: { type: 'requested' }, lateMs: 0 };
        break;
      case 'AlertAssigned':
        if (event.data.activation === planned.activation) return { reason: { type: 'assigned' }, lateMs: 0 };
        break;
      default:
    }
  }
  return { reason: { type: 'direct' }, lateMs: 0 };
};
