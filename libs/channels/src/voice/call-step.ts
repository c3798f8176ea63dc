import type { Language } from '../message';

/** What is said next in a call, and what comes after it. */
export interface CallStep {
  readonly language: Language;
  /** One after the other, with a short pause in between. */
  readonly says: readonly string[];
  /** Said while a key is listened for, and where to ask with the key or without one. Absent: the call ends. */
  readonly asks?: { readonly says: readonly string[]; readonly next: string };
}
