import type { AlertSourceId, UserId } from './ids';

/** Who did it. `system` is Tocsin itself: a timer, the escalation, a bootstrap; `part` says which. */
export type Actor =
  | { readonly type: 'user'; readonly userId: UserId }
  | { readonly type: 'source'; readonly sourceId: AlertSourceId }
  | { readonly type: 'system'; readonly part: string };
