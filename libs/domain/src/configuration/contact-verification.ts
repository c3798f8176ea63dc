import { assertNever, passedOver, type Decider } from '../decider';
import type { ContactId } from '../ids';
import { rejected } from '../rejection';
import { plusMinutes, plusMs, toIso, type Instant } from '../time';
import { foldedAddress, foldedNumber } from './contact-targets';
import type { Contact } from './resources';
import type { VerificationEvent } from './verification-events';

export type VerificationCommand =
  /** `challenge`: new and unguessable for each code. */
  | { readonly type: 'request'; readonly contactId: ContactId; readonly challenge: string; readonly at: Instant }
  /** `isRight`: what was entered is the code of the contact's open challenge. */
  | { readonly type: 'enter'; readonly contactId: ContactId; readonly isRight: boolean; readonly at: Instant };

export interface OpenChallenge {
  readonly challenge: string;
  readonly expiresAt: Instant;
  readonly mistakes: number;
  readonly isEntered: boolean;
}

export interface Verification {
  /** When codes were asked for within the last day, for whichever contact, the newest last. */
  readonly requests: readonly { readonly contactId: ContactId; readonly at: Instant }[];
  /** The newest challenge of each contact. */
  readonly challenges: ReadonlyMap<ContactId, OpenChallenge>;
}

/** Keeps these codes apart from all others that the secret key makes. */
export const CODE_PURPOSE = 'contact-verification';
export const CODE_VALID_MINUTES = 10;
export const CODE_TRIES = 5;
const AGAIN_AFTER_MS = 30_000;
const DAY_MS = 86_400_000;

/**
 * How many codes one person may have sent in how long: fifty guesses a day at a million codes, and no way to have a
 * stranger's telephone ring all day.
 */
const limits = [
  { most: 5, withinMs: 3_600_000 },
  { most: 10, withinMs: DAY_MS },
] as const;

/** What the code is made of, besides the secret key: for a contact that was changed since, it is another one. */
export const codeSubject = (userId: number, contact: Contact, challenge: string): string => {
  const target = contact.type === 'email' ? foldedAddress(contact.target) : foldedNumber(contact.target, contact.regionCode);
  return `${challenge}\n${userId}\n${contact.id}\n${contact.type}\n${target}`;
};

/** The challenge that a code can be entered for. @throws Rejection `code-not-valid` */
export const openChallenge = ({ challenges }: Verification, contactId: ContactId, at: Instant): OpenChallenge => {
  const open = challenges.get(contactId);
  if (open === undefined) throw notValid('none was sent for this contact: ask for one first');
  if (at >= open.expiresAt) throw notValid('has expired: ask for a new one');
  if (open.mistakes >= CODE_TRIES) throw notValid('was entered wrongly too often: ask for a new one');
  return open;
};

/** @throws Rejection `code-not-valid` */
export const refuseMistake = (state: Verification, contactId: ContactId): never => {
  const left = CODE_TRIES - (state.challenges.get(contactId)?.mistakes ?? CODE_TRIES);
  throw notValid(left > 0 ? `is wrong; ${left} ${left === 1 ? 'try' : 'tries'} left` : 'is wrong: ask for a new one');
};

const notValid = (why: string): Error => rejected('code-not-valid', `code: ${why}`, { field: 'code', message: why });

const request = ({ contactId, challenge, at }: Extract<VerificationCommand, { type: 'request' }>, { requests }: Verification) => {
  refuseTooOften(requests.findLast((each) => each.contactId === contactId)?.at, AGAIN_AFTER_MS, at);
  for (const { most, withinMs } of limits) refuseTooOften(requests.at(-most)?.at, withinMs, at);
  return [
    { type: 'VerificationCodeRequested' as const, data: { contactId, at, challenge, expiresAt: plusMinutes(at, CODE_VALID_MINUTES) } },
  ];
};

/** `since`: the request after which, for so long, none may follow. */
const refuseTooOften = (since: Instant | undefined, waitMs: number, at: Instant): void => {
  if (since === undefined || at >= since + waitMs) return;
  throw rejected('too-many-requests', `too many codes were asked for; the next one may be asked for at ${toIso(plusMs(since, waitMs))}`);
};

const enter = ({ contactId, isRight, at }: Extract<VerificationCommand, { type: 'enter' }>, state: Verification) => {
  const open = openChallenge(state, contactId, at);
  if (!isRight) return [{ type: 'VerificationCodeMistaken' as const, data: { contactId, at } }];
  return open.isEntered ? [] : [{ type: 'VerificationCodeEntered' as const, data: { contactId, at } }];
};

const changed = (state: Verification, contactId: ContactId, change: (open: OpenChallenge) => OpenChallenge): Verification => {
  const open = state.challenges.get(contactId);
  return open === undefined ? state : { ...state, challenges: new Map(state.challenges).set(contactId, change(open)) };
};

/** One person's codes, for all of their contacts: short-lived, few tries, few of them. */
export const verificationDecider: Decider<VerificationCommand, Verification, VerificationEvent> = {
  initial: { requests: [], challenges: new Map() },
  decide: (command, state) => {
    switch (command.type) {
      case 'request':
        return request(command, state);
      case 'enter':
        return enter(command, state);
      default:
        return assertNever(command);
    }
  },
  evolve: (state, event) => {
    switch (event.type) {
      case 'VerificationCodeRequested': {
        const { contactId, at, challenge, expiresAt } = event.data;
        return {
          requests: [...state.requests.filter((before) => before.at > at - DAY_MS), { contactId, at }],
          challenges: new Map(state.challenges).set(contactId, { challenge, expiresAt, mistakes: 0, isEntered: false }),
        };
      }
      case 'VerificationCodeMistaken':
        return changed(state, event.data.contactId, (open) => ({ ...open, mistakes: open.mistakes + 1 }));
      case 'VerificationCodeEntered':
        return changed(state, event.data.contactId, (open) => ({ ...open, isEntered: true }));
      default:
        return passedOver(event, state);
    }
  },
};
