import type { User } from '../configuration/resources';
import type { ContactId } from '../ids';
import type { Instant } from '../time';
import type { CancelReason } from './notification-events';
import type { PlannedData } from './notification-state';

/** Where a planned message can go. PUSH has no target. */
export interface Recipient {
  readonly user: User;
  readonly target: string;
}

/** Address or number of one of the person's contacts; undefined when it is gone. */
export const contactTarget = ({ contacts }: User, contactId: ContactId | undefined): string | undefined =>
  contacts.find(({ id }) => id === contactId)?.target;

/** To whom and where, as the person is configured now; or why it goes nowhere any more. */
export const recipientOf = (
  { method, contactId, purpose }: Pick<PlannedData, 'method' | 'contactId' | 'purpose'>,
  user: User | undefined,
  now: Instant,
): Recipient | { readonly stopped: CancelReason } => {
  if (user === undefined) return { stopped: 'user-deleted' };
  const target = method === 'PUSH' ? '' : contactTarget(user, contactId);
  if (target === undefined) return { stopped: 'contact-removed' };
  const isMuted = user.mutedUntil !== undefined && user.mutedUntil > now;
  // A fallback page is the last resort: nobody else was there to be told (B11). Whoever asks for a test or a link is awake.
  return isMuted && purpose === 'page' ? { stopped: 'muted' } : { user, target };
};
