import {
  publicAlertPreference,
  publicChatAccounts,
  publicContact,
  publicDutyPreference,
  publicReadiness,
  publicSubscriptionPreference,
  publicUpdatePreference,
  readinessCodes,
} from '@tocsin/contracts';
import type {
  PublicAlertPreference,
  PublicChatAccount,
  PublicContact,
  PublicDutyPreference,
  PublicReadiness,
  PublicSubscriptionPreference,
  PublicUpdatePreference,
} from '@tocsin/contracts';
import { accountMethods, Clock, messagePreferences, pushDevicesOf, toIso, wayProblem } from '@tocsin/domain';
import type { AccountMethod, NotificationMethod, PreferenceList, User } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { PeopleReadiness } from '@tocsin/platform';
import type { PlatformSettings } from '@tocsin/platform';

export interface MyChat {
  readonly method: AccountMethod;
  readonly state: PublicChatAccount['status'] | 'NOT_LINKED';
}

/** How a person is reached, all of it at once: a phone's network is slow. It is changed by the API. */
export interface MyReach {
  readonly user: { readonly id: number; readonly language: string; readonly region?: string; readonly mutedUntil?: string };
  /** Those that lead somewhere. */
  readonly methods: readonly NotificationMethod[];
  readonly readiness: Pick<PublicReadiness, 'ready' | 'problems'>;
  readonly emails: readonly PublicContact[];
  readonly phoneNumbers: readonly PublicContact[];
  readonly deviceCount: number;
  /** Those in which an account can be linked, and those in which one is. */
  readonly chats: readonly MyChat[];
  readonly alerts: readonly PublicAlertPreference[];
  readonly updates: readonly PublicUpdatePreference[];
  readonly duties: readonly PublicDutyPreference[];
  readonly subscriptions: readonly PublicSubscriptionPreference[];
  /** Rules of any list that lead to nothing, with the codes of readiness. */
  readonly unusable: readonly { readonly preference: { readonly id: number }; readonly code: string }[];
}

export class Reach {
  constructor(
    private readonly parts: {
      readonly configuration: ConfigurationReader;
      readonly readiness: PeopleReadiness;
      readonly settings: PlatformSettings;
      /** Chats that are set up. */
      readonly chats: readonly AccountMethod[];
      readonly clock: Clock;
    },
  ) {}

  /** A page would reach the person now: who would get none has to see it where they look for alerts. */
  async isReady(user: User): Promise<boolean> {
    return (await this.parts.readiness.of(user)).isReady;
  }

  /** @throws ReadStoreFault */
  async of(user: User): Promise<MyReach> {
    const { configuration, readiness, settings } = this.parts;
    const { ready, problems } = publicReadiness(user.id, await readiness.of(user), configuration);
    const canSend = (method: NotificationMethod): boolean => settings.reachableMethods.has(method);
    const listed = <List extends PreferenceList>(list: List) =>
      messagePreferences(user, list).map((preference) => ({ preference, contacts: user.contacts }));
    const contacts = (type: 'email' | 'phone') => user.contacts.filter((contact) => contact.type === type).map(publicContact);
    return {
      user: this.person(user),
      methods: [...settings.reachableMethods],
      readiness: { ready, problems },
      emails: contacts('email'),
      phoneNumbers: contacts('phone'),
      deviceCount: pushDevicesOf(user).length,
      chats: accountMethods
        .map((method) => ({ method, state: chatState(user, method) }))
        .filter(({ method, state }) => state !== 'NOT_LINKED' || this.parts.chats.includes(method)),
      alerts: user.alertPreferences.map((preference) => publicAlertPreference(preference, user.contacts)),
      updates: listed('updates').map(publicUpdatePreference),
      duties: listed('duties').map(publicDutyPreference),
      subscriptions: listed('subscriptions').map(publicSubscriptionPreference),
      unusable: [...user.alertPreferences, ...(user.messagePreferences ?? [])].flatMap((preference) => {
        const problem = wayProblem(preference, { user, canSend });
        return problem === undefined ? [] : [{ preference: { id: preference.id }, code: readinessCodes[problem] }];
      }),
    };
  }

  private person({ id, language, region, mutedUntil }: User): MyReach['user'] {
    return {
      ...{ id, language },
      ...(region === undefined ? {} : { region }),
      ...(mutedUntil === undefined || mutedUntil <= this.parts.clock.now() ? {} : { mutedUntil: toIso(mutedUntil) }),
    };
  }
}

const chatState = (user: User, method: AccountMethod): MyChat['state'] =>
  publicChatAccounts(user).find((account) => account.method === method)?.status ?? 'NOT_LINKED';
