import type { AlertId, AlertPriority, EscalationStep, Instant } from '@tocsin/domain';
import type { Language, PageContent, RenderedMessage } from './message';
import { pageNotes } from './render';

/** An alert as a message in a chat shows it, with buttons. Names are as people read them; lengths are the chat's concern. */
export interface ShownAlert {
  readonly type: 'alert';
  readonly language: Language;
  readonly id: AlertId;
  readonly status: 'PENDING' | 'ACCEPTED' | 'RESOLVED';
  readonly priority: AlertPriority;
  readonly summary: string;
  readonly details?: string;
  readonly sourceName: string;
  /** As text: by the clocks of the one who reads it. */
  readonly reportTime: Instant | string;
  readonly links: readonly { readonly href: string; readonly text?: string }[];
  /** One sentence each: who is paged, who accepted, who resolved. */
  readonly standing: readonly string[];
  /** Where the escalation stands: its button says from where (B13). Absent where nothing can be escalated. */
  readonly step?: EscalationStep;
}

export interface ShownText {
  readonly type: 'text';
  readonly text: string;
}

/** A message as a chat shows it: a page with its buttons, anything else as its text. */
export const shownMessage = ({ text, page }: RenderedMessage): ShownAlert | ShownText =>
  page === undefined ? { type: 'text', text } : shownPage(page);

const shownPage = (page: PageContent): ShownAlert => {
  const { language, alert, reason, step } = page;
  const { id, priority, summary, details, sourceName, reportTime, links } = alert;
  return {
    type: 'alert',
    language,
    id: id as AlertId,
    status: 'PENDING',
    ...{ priority, summary, sourceName, reportTime, links },
    ...(details === undefined ? {} : { details }),
    standing: [reason, ...pageNotes(page)],
    ...(step === undefined ? {} : { step }),
  };
};
