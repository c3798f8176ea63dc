import type { AlertPriority, EscalationStep, PreferenceList } from '@tocsin/domain';

export type Language = 'en' | 'de';

export interface PageContent {
  readonly type: 'page';
  readonly language: Language;
  readonly personName: string;
  readonly alert: {
    readonly id: number;
    readonly summary: string;
    readonly details?: string;
    readonly priority: AlertPriority;
    readonly sourceName: string;
    /** As the person reads it: by their clocks, in their language. */
    readonly reportTime: string;
    readonly links: readonly { readonly href: string; readonly text?: string }[];
  };
  /** Why this person is paged, one sentence. */
  readonly reason: string;
  /** Seconds that the page leaves later than it was due; 0 is on time. */
  readonly lateSec: number;
  /** A crash may have sent it before. */
  readonly possiblyDuplicate: boolean;
  /** By a text message: the code of this page, and the number to send it to when it is not the one that the page comes from. */
  readonly reply?: { readonly code: string; readonly to?: string };
  /** One page with all answers. */
  readonly answerPage?: string;
  /** By e-mail: it is known that a reply arrives. */
  readonly canReplyByMail?: boolean;
  readonly answers: { readonly accept: string; readonly resolve: string; readonly escalate?: string };
  /** Where the escalation stood when it was planned, for answers that are no links (B13). */
  readonly step?: EscalationStep;
}

/** Several pages that one person gets in one message, because they come at once. */
export interface BundleContent {
  readonly type: 'bundle';
  readonly language: Language;
  readonly personName: string;
  /** Two at least, each as it would be alone. */
  readonly pages: readonly PageContent[];
  /** Where all of them are accepted together. */
  readonly acceptAll: string;
}

export interface TestContent {
  readonly type: 'test';
  /** For which messages it stands: those of one of the person's lists. */
  readonly list: PreferenceList | 'alerts';
  readonly language: Language;
  readonly personName: string;
}

export interface SignInContent {
  readonly type: 'sign-in';
  readonly language: Language;
  readonly personName: string;
  readonly url: string;
  readonly validMinutes: number;
}

export interface VerificationContent {
  readonly type: 'verification';
  readonly language: Language;
  readonly personName: string;
  readonly code: string;
  readonly validMinutes: number;
}

/** What happened to an alert that the person is on or follows; it asks for nothing. */
export interface NewsContent {
  readonly type: 'news';
  readonly language: Language;
  readonly personName: string;
  readonly alert: Pick<PageContent['alert'], 'id' | 'summary' | 'priority'>;
  /** One sentence. */
  readonly news: string;
}

/** Several pieces of news in one message, because they come at once. */
export interface DigestContent {
  readonly type: 'digest';
  readonly language: Language;
  readonly personName: string;
  /** Two at least. */
  readonly news: readonly NewsContent[];
}

/** A shift of the person begins. */
export interface DutyBeginsContent {
  readonly type: 'duty-begins';
  readonly language: Language;
  readonly personName: string;
  readonly schedule: string;
  /** By the person's clocks. */
  readonly start: string;
  readonly end: string;
}

interface Turn {
  readonly start: string;
  readonly end: string;
}

/** Somebody edited a schedule, and the person's shifts are others now. */
export interface DutyChangedContent {
  readonly type: 'duty-changed';
  readonly language: Language;
  readonly personName: string;
  readonly schedule: string;
  readonly by: string;
  readonly gained: readonly Turn[];
  readonly lost: readonly Turn[];
}

export type MessageContent =
  | PageContent
  | BundleContent
  | DigestContent
  | TestContent
  | SignInContent
  | VerificationContent
  | NewsContent
  | DutyBeginsContent
  | DutyChangedContent;

/** Ready to hand over. `html` only where the method shows it. */
export interface RenderedMessage {
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** What the text says, where a method has buttons of its own for it. */
  readonly page?: PageContent;
  /** Only of what is pushed. */
  readonly notice?: Notice;
}

/** What a device shows, and what its buttons do. */
export interface Notice {
  readonly title: string;
  readonly body: string;
  /** What has the same tag as a notice that is shown takes its place. */
  readonly tag: string;
  readonly language: Language;
  readonly urgent: boolean;
  readonly alertId?: number;
  /** Where a tap leads. */
  readonly url?: string;
  readonly actions: readonly { readonly action: 'accept' | 'resolve' | 'escalate'; readonly title: string; readonly url: string }[];
}
