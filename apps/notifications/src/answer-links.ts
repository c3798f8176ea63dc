import type { AlertId, EscalationPolicyId, EscalationStep, Instant, UserId } from '@tocsin/domain';
import { plusMinutes } from '@tocsin/domain';
import { SecretBox } from '@tocsin/platform';
import type { PlatformSettings } from '@tocsin/platform';

export type AnswerPurpose = 'accept' | 'resolve' | 'escalate' | 'reassign' | 'raisePriority';

/** A link has no room to say to whom, and what it answers is a page. */
export type LinkPurpose = Exclude<AnswerPurpose, 'reassign' | 'raisePriority'>;
export const LINK_PURPOSES: readonly LinkPurpose[] = ['accept', 'resolve', 'escalate'];

export interface AnswerClaims {
  readonly alertId: AlertId;
  readonly userId: UserId;
  /** Where the escalation stood when the page was planned: escalating from a level that was left already does nothing (B13). */
  readonly step?: EscalationStep;
  /** Who is to have the alert from now on; of a reassignment only. */
  readonly to?: UserId;
  /** The same, of one to a policy. */
  readonly toPolicy?: EscalationPolicyId;
}

/** No answer itself: what leads to all of them. */
export const PAGE = 'alert';

/** Accepts all alerts of a message with several. */
export const ACCEPT_ALL = 'accept-all';

/** Which pages were in the message is on record under its bundle. */
export interface AcceptAllClaims {
  readonly bundle: number;
  readonly attempt: number;
  readonly userId: UserId;
}

/** Long enough for whoever reads the mail in the morning; the alert's own state decides what a late click does. */
export const ANSWERABLE_MINUTES = 48 * 60;

/** Links in messages: signed, for one purpose, one alert and one person, and they expire. */
export class AnswerLinks {
  constructor(
    private readonly secrets: SecretBox,
    private readonly settings: PlatformSettings,
  ) {}

  links(claims: AnswerClaims, plannedAt: Instant): { readonly accept: string; readonly resolve: string; readonly escalate?: string } {
    const url = (purpose: LinkPurpose): string => `${this.settings.publicUrl}/answer/${purpose}/${this.token(purpose, claims, plannedAt)}`;
    return { accept: url('accept'), resolve: url('resolve'), ...(claims.step === undefined ? {} : { escalate: url('escalate') }) };
  }

  /** One page with all answers, for devices that show no buttons (B28). */
  pageLink(claims: AnswerClaims, plannedAt: Instant): string {
    return `${this.settings.publicUrl}/answer/${PAGE}/${this.token(PAGE, claims, plannedAt)}`;
  }

  acceptAllLink({ bundle, attempt, userId }: AcceptAllClaims, plannedAt: Instant): string {
    const payload = { purpose: `answer-${ACCEPT_ALL}`, b: bundle, n: attempt, u: userId };
    return `${this.settings.publicUrl}/answer/${ACCEPT_ALL}/${this.secrets.signToken(payload, plusMinutes(plannedAt, ANSWERABLE_MINUTES))}`;
  }

  readAcceptAll(token: string, now: Instant): AcceptAllClaims | 'expired' | 'invalid' {
    const verified = this.secrets.verifyToken(`answer-${ACCEPT_ALL}`, token, now);
    if (!verified.ok) return verified.reason === 'expired' ? 'expired' : 'invalid';
    const { b, n, u } = verified.payload as { b: number; n: number; u: number };
    return { bundle: b, attempt: n, userId: u as UserId };
  }

  read(purpose: LinkPurpose | typeof PAGE, token: string, now: Instant): AnswerClaims | 'expired' | 'invalid' {
    const verified = this.secrets.verifyToken(`answer-${purpose}`, token, now);
    if (!verified.ok) return verified.reason === 'expired' ? 'expired' : 'invalid';
    const { a, u, s } = verified.payload as { a: number; u: number; s?: [number, number, number] };
    // Such a link is never made: what would it escalate from?
    if (purpose === 'escalate' && s === undefined) return 'invalid';
    return {
      alertId: a as AlertId,
      userId: u as UserId,
      ...(s === undefined ? {} : { step: { round: s[0], pass: s[1], level: s[2] } }),
    };
  }

  private token(purpose: LinkPurpose | typeof PAGE, { alertId, userId, step }: AnswerClaims, plannedAt: Instant): string {
    const payload = { a: alertId, u: userId, ...(step === undefined ? {} : { s: [step.round, step.pass, step.level] }) };
    return this.secrets.signToken({ purpose: `answer-${purpose}`, ...payload }, plusMinutes(plannedAt, ANSWERABLE_MINUTES));
  }
}
