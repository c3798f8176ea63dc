import type { ContactId } from '../ids';
import type { Instant } from '../time';

/** A person shows that a contact is theirs, in `verification-<user id>`. The code itself is in none of them, nor is the contact's target. */
export type VerificationEvent =
  /** `challenge` and the secret key give the code: nobody can tell it from what is stored. */
  | {
      readonly type: 'VerificationCodeRequested';
      readonly data: { readonly contactId: ContactId; readonly at: Instant; readonly challenge: string; readonly expiresAt: Instant };
    }
  | { readonly type: 'VerificationCodeMistaken'; readonly data: { readonly contactId: ContactId; readonly at: Instant } }
  | { readonly type: 'VerificationCodeEntered'; readonly data: { readonly contactId: ContactId; readonly at: Instant } };

export const verificationStream = (userId: number): string => `verification-${userId}`;
