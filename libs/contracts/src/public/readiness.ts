import { toIso } from '@tocsin/domain';
import type { Readiness, ReadinessProblem, UserId, Way } from '@tocsin/domain';
import type { PublicReason } from './explanation';
import type { ResourceLookup } from './lookup';
import { publicUserRel } from './people';
import type { PublicUserRel } from './people';
import type { PublicEscalationPolicy, PublicNamed } from './routing';

/** What stands between a person and a page, and how to mend it. */
export interface PublicReadinessProblem {
  readonly code: string;
  readonly message: string;
  readonly method?: string;
  readonly contact?: { readonly id: number };
  readonly preference?: { readonly id: number };
  readonly mutedUntil?: string;
  readonly lastSuccess?: string;
}

export interface PublicReadiness {
  readonly user: PublicUserRel;
  /** An alert of high priority would reach the person now. */
  readonly ready: boolean;
  readonly problems: readonly PublicReadinessProblem[];
}

export interface PublicLevelReadiness {
  /** From 0, as in `PUT .../levels/{level}`. */
  readonly level: number;
  /** An alert of high priority would reach somebody of the level now. */
  readonly ready: boolean;
  readonly problems: readonly PublicReason[];
}

export interface PublicPolicyReadiness {
  readonly policy: PublicNamed;
  /** All levels are. */
  readonly ready: boolean;
  readonly levels: readonly PublicLevelReadiness[];
  /** Everybody whom a level may lead to, now or later. */
  readonly people: readonly PublicReadiness[];
}

export interface PublicPolicyWarning extends PublicReadinessProblem {
  /** Of whom the problem is, or of which level. */
  readonly user?: PublicUserRel;
  readonly level?: number;
}

/** A policy that was written a moment ago, with what will keep it from reaching people. */
export interface PublicWrittenPolicy extends PublicEscalationPolicy {
  readonly warnings: readonly PublicPolicyWarning[];
}

export const readinessCodes: Readonly<Record<ReadinessProblem['type'], string>> = {
  muted: 'MUTED',
  'no-preference': 'NO_PREFERENCE',
  'no-verified-contact': 'NO_VERIFIED_CONTACT',
  'no-provider': 'NO_PROVIDER',
  'no-device': 'NO_DEVICE',
  'provider-failing': 'PROVIDER_FAILING',
  'device-not-on-home-screen': 'DEVICE_NOT_ON_HOME_SCREEN',
  'no-slack-account': 'NO_SLACK_ACCOUNT',
  'no-chat-account': 'NO_CHAT_ACCOUNT',
  'chat-account-closed': 'CHAT_ACCOUNT_CLOSED',
  'contact-missing': 'CONTACT_MISSING',
  'contact-of-other-kind': 'CONTACT_OF_OTHER_KIND',
  'contact-not-verified': 'CONTACT_NOT_VERIFIED',
  'contact-locked': 'CONTACT_LOCKED',
  'contact-blacklisted': 'CONTACT_BLACKLISTED',
  'never-reached': 'NEVER_REACHED',
  'last-success-too-old': 'LAST_SUCCESS_TOO_OLD',
};

export const publicReadiness = (userId: UserId, { isReady, problems }: Readiness, lookup: ResourceLookup): PublicReadiness => ({
  user: publicUserRel(userId, lookup),
  ready: isReady,
  problems: problems.map(publicProblem),
});

const publicProblem = (problem: ReadinessProblem): PublicReadinessProblem => ({
  code: readinessCodes[problem.type],
  message: messageOf(problem),
  ...('method' in problem ? wayOf(problem) : {}),
  ...('preferenceId' in problem ? { preference: { id: problem.preferenceId } } : {}),
  ...(problem.type === 'muted' ? { mutedUntil: toIso(problem.until) } : {}),
  ...(problem.type === 'last-success-too-old' ? { lastSuccess: toIso(problem.lastSuccess) } : {}),
});

const wayOf = ({ method, contactId }: Way): Pick<PublicReadinessProblem, 'method' | 'contact'> => ({
  method,
  ...(contactId === undefined ? {} : { contact: { id: contactId } }),
});

const messageOf = (problem: ReadinessProblem): string => {
  switch (problem.type) {
    case 'muted':
      return `has muted notifications until ${toIso(problem.until)}`;
    case 'no-preference':
      return 'has no notification preference for alerts of high priority: add one';
    case 'no-verified-contact':
      return 'has no verified contact: add one and enter its code';
    case 'no-provider':
      return `chose ${problem.method}, for which no provider is set up`;
    case 'no-device':
      return 'chose PUSH and has switched it on for no device: open /me on one';
    case 'device-not-on-home-screen':
      return 'a device for PUSH was not opened from its home screen: an iPhone shows nothing then; add the page there and open it';
    case 'no-slack-account':
      return 'chose SLACK and has linked no Slack account: type /tocsin in Slack';
    case 'no-chat-account':
      return `chose ${problem.method} and has linked no account there: open /api/callbacks/${problem.method.toLowerCase()}/link`;
    case 'chat-account-closed':
      return `the account for ${problem.method} takes no more messages: its owner has to let the bot write there again`;
    case 'contact-missing':
      return `a preference for ${problem.method} has no contact: give it one`;
    case 'contact-of-other-kind':
      return `a preference for ${problem.method} has a contact of another kind: give it another one`;
    case 'contact-not-verified':
      return `the contact for ${problem.method} is not verified: enter the code that is sent to it`;
    case 'contact-locked':
      return `the contact for ${problem.method} is locked`;
    case 'contact-blacklisted':
      return `the contact for ${problem.method} takes no more messages: its owner has to allow them again`;
    case 'provider-failing': {
      const { from, to } = problem.failing;
      return `no provider took a message by ${problem.method} from ${toIso(from)} to ${toIso(to)}, and none was tried since: send a test notification`;
    }
    case 'never-reached':
      return `nothing has arrived by ${problem.method} yet: send a test notification`;
    case 'last-success-too-old':
      return `nothing has arrived by ${problem.method} since ${toIso(problem.lastSuccess)}: send a test notification`;
  }
};

const LEVEL_REACHES_NOBODY = 'LEVEL_REACHES_NOBODY';

/** What whoever saves a policy should know at once. */
export const policyWarnings = ({ levels, people }: PublicPolicyReadiness): readonly PublicPolicyWarning[] => [
  ...levels
    .filter(({ ready }) => !ready)
    .map(({ level, problems }) => ({
      code: LEVEL_REACHES_NOBODY,
      message: ['level reaches nobody now', ...problems.map(({ text }) => text)].join('; '),
      level,
    })),
  ...people.flatMap(({ user, problems }) => problems.map((problem) => ({ ...problem, user }))),
];
