import type { AlertEvent, AlertId, AlertPreference, ContactId, NotificationMethod, PreferenceId, User } from '@tocsin/domain';
import { activated, raised, step } from '../facts';
import type { HowReached, Installation } from './installation';

/** What happens around the service while a story is told, whichever process of it is there. */
export interface Stage {
  readonly installation: Installation;
  readonly alertId: AlertId;
  happens(...events: readonly AlertEvent[]): Promise<void>;
  /** The same, for one more alert that the story is about. */
  another(): Stage;
  /** Until all that follows has had its effect. */
  settles(): Promise<void>;
  passes(time: string): Promise<void>;
  /** Somebody calls, and calls again until they are told 2xx. */
  isAnswered(call: () => Promise<{ readonly status: number }>): Promise<void>;
}

export interface Story {
  readonly name: string;
  /** Calls without which it would not be the story. */
  readonly has: readonly string[];
  person(installation: Installation): Promise<User>;
  tell(stage: Stage, person: User): Promise<void>;
}

type Wanted = readonly (readonly [method: NotificationMethod, delayMin: number])[];
type Making = Parameters<Parameters<Installation['person']>[0]>;

export const reachedBy = async ([next, _sealed]: Making, wanted: Wanted): Promise<HowReached> => {
  const [email, phone] = [(await next('contact')) as ContactId, (await next('contact')) as ContactId];
  const preferences: AlertPreference[] = [];
  for (const [method, delayMin] of wanted) {
    const contactId = method === 'EMAIL' ? email : phone;
    const id = (await next('preference')) as PreferenceId;
    preferences.push({ id, type: 'HIGH_PRIORITY', method, delayMin, ...(method === 'PUSH' ? {} : { contactId }) });
  }
  return {
    contacts: [
      { id: email, type: 'email', target: `ana${email}@example.org`, status: 'OK', verified: true },
      { id: phone, type: 'phone', target: `+49151${12_000_000 + phone}`, regionCode: 'DE', primary: true, status: 'OK', verified: true },
    ],
    alertPreferences: preferences,
  };
};
export const someone =
  (...wanted: Wanted) =>
  (installation: Installation): Promise<User> =>
    installation.person((...making) => reachedBy(making, wanted));

export const targetOf = ({ contacts }: User, type: 'email' | 'phone'): string =>
  contacts.find((contact) => contact.type === type)?.target ?? '';
export const newest = (stage: Stage): string => stage.installation.received([stage.alertId]).at(-1)?.text ?? '';

export const paged = async (stage: Stage, { id }: User): Promise<void> => {
  await stage.happens(raised(), activated(step(0), 1, id));
  await stage.settles();
};

export const isAbout = (text: string | undefined, { alertId }: Stage): boolean => text?.includes(`[#${alertId}]`) === true;

/** Longer than anything waits for: a provider, a receipt, a delay. */
export const AT_LAST = '6h';

export const ANSWER = ['publish alert-commands', 'answer', 'commit alert-facts'] as const;
export const PAGE = ['append notification NotificationPlanned', 'append notification AttemptStarted'] as const;
