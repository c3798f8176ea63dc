import { instant } from '@tocsin/domain';
import type { User } from '@tocsin/domain';
import { SecretBox, WoundClock } from '@tocsin/platform';
import { ChatPeople, LINK_VALID_MINUTES } from './chat-people';

describe('a token that links an account', () => {
  const secrets = SecretBox.fromSetting('k'.repeat(32));
  const people = new ChatPeople({
    secrets,
    clock: new WoundClock(instant(0)),
    configuration: undefined,
    configurationStore: undefined,
  } as never);
  const ana = { id: 7, firstName: 'Ana' } as User;
  const expiresAt = LINK_VALID_MINUTES * 60_000;
  const markOf = (user: User): string | undefined => people.tokenFor(user, 'TELEGRAM').split('_')[2];

  it('is the one of the versions before, for whoever has never unlinked one: in a rolling update both give them out and take them (P12)', () =>
    expect(markOf(ana)).toBe(secrets.mark('chat-account', `TELEGRAM 7 ${expiresAt}  0 0`)));

  it('is another one after each time that one was unlinked', () => {
    const unlinkedAt = (at: number): User => ({ ...ana, chatUnlinkedAt: instant(at) });
    expect(new Set([ana, unlinkedAt(1), unlinkedAt(2)].map(markOf)).size).toBe(3);
  });
});
