import { emailAddressProblem, toIso } from '@tocsin/domain';
import type { ActionCall, ActionFailureReason, ActionKind, ActionOutcome } from '../action-kind';
import { alertLines } from '../alert-text';
import { filledTemplate, LONGEST_TEMPLATE, refuseBadTemplate } from '../body-template';
import { invalidParam } from '../params';
import type { Params, ParamsDefinition } from '../params';

/** What came of one e-mail; of a failure whether another attempt can help, and whether it may have been sent all the same. */
export type MailOutcome =
  | { readonly type: 'sent' }
  | { readonly type: 'failed'; readonly reason: ActionFailureReason; readonly retriable: boolean; readonly uncertain: boolean };

/** E-mails leave as pages do, through whatever is set up for them. */
export interface Mail {
  /** Whether anything is. */
  readonly isSetUp: boolean;
  /** `key`: the same for every attempt, so that mail systems drop a repetition. Resolves in bounded time. */
  send(address: string, message: { readonly subject: string; readonly text: string }, key: string): Promise<MailOutcome>;
}

interface EmailParams {
  readonly recipients: readonly string[];
  readonly subject?: string;
  readonly bodyTemplate?: string;
}

const LONGEST_SUBJECT = 200;
/** All e-mails of one attempt together: what is not sent by then is left to the next one. */
const DEADLINE_MS = 45_000;

/** An e-mail to addresses that need be nobody's here. */
export const email = (mail: Mail): ActionKind => ({ type: 'email', params: emailParams(mail), run: (call) => run(mail, call) });

const emailParams = (mail: Mail): ParamsDefinition => ({
  properties: {
    recipients: { type: 'array', minItems: 1, maxItems: 20, items: { type: 'string', maxLength: 320 } },
    subject: { type: 'string', maxLength: 1_000 },
    bodyTemplate: { type: 'string', maxLength: LONGEST_TEMPLATE },
  },
  required: ['recipients'],
  // Addresses of people.
  secret: ['recipients'],
  complete: (params: Params): Promise<Params> => {
    const { recipients, subject, bodyTemplate } = params as unknown as EmailParams;
    recipients.forEach((address, index) => {
      const problem = emailAddressProblem(address);
      if (problem !== undefined) throw invalidParam(`recipients[${index}]`, problem);
    });
    if (subject !== undefined) refuseBadTemplate('subject', subject);
    if (bodyTemplate !== undefined) refuseBadTemplate('bodyTemplate', bodyTemplate);
    if (!mail.isSetUp) throw invalidParam('recipients', 'no e-mail leaves: set SMTP_URL first');
    return Promise.resolve(params);
  },
});

const run = async (mail: Mail, call: ActionCall): Promise<ActionOutcome> => {
  const { recipients, subject, bodyTemplate } = call.params as unknown as EmailParams;
  const message = {
    subject: (subject === undefined ? usualSubject(call) : filledTemplate(subject, call, { json: false }))
      .replaceAll(/\s+/g, ' ')
      .slice(0, LONGEST_SUBJECT),
    text: bodyTemplate === undefined ? usualText(call) : filledTemplate(bodyTemplate, call, { json: false }),
  };
  const endsAt = performance.now() + DEADLINE_MS;
  let failed: Extract<MailOutcome, { type: 'failed' }> | undefined;
  for (const [index, address] of recipients.entries()) {
    if (performance.now() > endsAt) return { type: 'failed', reason: 'timeout', retriable: true, uncertain: true };
    const outcome = await mail.send(address, message, `${call.deliveryId}.${index + 1}`);
    // One that can be mended counts for more than one that cannot: the others get it again under the same Message-ID.
    if (outcome.type === 'failed' && !(failed?.retriable === true)) failed = outcome;
  }
  return failed === undefined ? { type: 'done' } : { ...failed };
};

const usualSubject = ({ alert }: ActionCall): string => `[${alert.status}] #${alert.id} ${alert.summary}`;

const usualText = ({ alert, trigger, at }: ActionCall): string =>
  [alert.summary, '', `${trigger}, ${alert.status} at ${toIso(at)}`, '', ...alertLines(alert), ''].join('\n');
