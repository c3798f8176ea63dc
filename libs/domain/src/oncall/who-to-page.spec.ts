import type { ConfigurationKind, ConfigurationResources, Role, User } from '../configuration/resources';
import type { ContactId, PreferenceId, TeamId, UserId } from '../ids';
import { instant } from '../time';
import { fallbackContacts, whoToPage } from './who-to-page';

const person = (id: number, role: Role, mutedUntil?: number): User => ({
  ...{
    id: id as UserId,
    username: `u${id}`,
    firstName: 'U',
    lastName: `${id}`,
    email: `u${id}@example.org`,
    timezone: 'UTC',
    language: 'en',
    role,
  },
  contacts: [{ id: id as ContactId, type: 'email', target: `u${id}@example.org`, status: 'OK', verified: true }],
  alertPreferences: [{ id: id as PreferenceId, type: 'HIGH_PRIORITY', method: 'EMAIL', contactId: id as ContactId, delayMin: 0 }],
  ...(mutedUntil === undefined ? {} : { mutedUntil: instant(mutedUntil) }),
  createdAt: instant(0),
  updatedAt: instant(0),
});
const people = [person(1, 'ADMIN'), person(2, 'USER', 1_000), person(3, 'ADMIN')];
const configuration = {
  get: <K extends ConfigurationKind>(kind: K, id: number) =>
    (kind === 'user' ? people.find((each) => each.id === id) : undefined) as ConfigurationResources[K] | undefined,
};
const targets = [
  { type: 'user', userId: 1 as UserId },
  { type: 'user', userId: 2 as UserId },
  { type: 'team', teamId: 9 as TeamId },
] as const;

describe('a level that is due', () => {
  const ask = (at: number, priority: 'HIGH' | 'LOW', canSend: boolean) =>
    whoToPage({ targets, at: instant(at), priority, configuration, canSend: () => canSend });

  it('pages whom something would reach at that instant, and says why it pages nobody else', () => {
    const { responders, problems } = ask(999, 'HIGH', true);
    expect(responders.map(({ userId }) => userId)).toEqual([1]);
    expect(problems).toEqual([
      { type: 'user-unreachable', userId: 2, why: 'muted' },
      { type: 'team-missing', teamId: 9 },
    ]);
    expect(ask(1_000, 'HIGH', true).responders.map(({ userId }) => userId)).toEqual([1, 2]);
  });

  it('asks for the priority’s own preferences, and for a provider', () => {
    expect(ask(2_000, 'LOW', true).problems.slice(0, 2)).toMatchObject([{ why: 'no-preference' }, { why: 'no-preference' }]);
    expect(ask(2_000, 'HIGH', false).problems.slice(0, 2)).toMatchObject([{ why: 'no-provider' }, { why: 'no-provider' }]);
  });
});

describe('the fallback contacts', () => {
  it('are the administrators', () => expect(fallbackContacts(people)).toEqual([1, 3]));
});
