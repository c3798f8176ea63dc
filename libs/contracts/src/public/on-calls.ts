import type { PublicUser, PublicUserRel } from './people';
import type { PublicEscalationPolicy, PublicNamed, PublicScheduleRel } from './routing';

export interface PublicOnCall {
  readonly user: PublicUser | PublicUserRel;
  readonly escalationPolicy?: PublicEscalationPolicy | PublicNamed;
  readonly schedule?: PublicScheduleRel | PublicNamed;
  /** From 1. */
  readonly escalationLevel?: number;
  /** Absent, like `end`, for who is always on call: the person stands on the level, themselves or by a team. */
  readonly start?: string;
  readonly end?: string;
}
