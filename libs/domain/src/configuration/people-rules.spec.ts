import type { ContactId, PreferenceId, ScheduleId, UserId } from '../ids';
import type { Schedule } from '../oncall/schedule';
import { instant, parseInstant } from '../time';
import { emailAddressProblem, phoneNumberProblem, regionCodeProblem } from './contact-targets';
import type { User } from './resources';
import { referencesToUser } from './user-references';
import { createUser, replaceUser } from './user-rules';

const now = parseInstant('2026-03-02T12:00:00Z');
const admin = { userId: 1 as UserId, role: 'ADMIN' } as const;
const ids = (id: number) => ({
  id: id as UserId,
  contact: (id * 10) as ContactId,
  high: (id * 10) as PreferenceId,
  low: (id * 10 + 1) as PreferenceId,
  duty: (id * 10 + 2) as PreferenceId,
  subscription: (id * 10 + 3) as PreferenceId,
});
const made = (id: number, email: string, others: readonly User[] = []): User =>
  createUser(ids(id), { email, firstName: 'A', lastName: 'B' }, { by: admin, now, others });
const refusal = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return undefined;
};

describe('the usual username', () => {
  it.each([
    ['ana@example.org', 'ana'],
    ["o'brien@example.org", 'o-brien'],
    ['4711@example.org', 'user-4711'],
    ['current@example.org', 'user-current'],
  ])('of %s is %s', (email, username) => {
    expect(made(2, email).username).toBe(username);
  });

  it('is never what somebody else signs in with', () => {
    const first = made(2, 'ana@example.org');
    const second = made(3, 'Ana@example.net', [first]);
    expect([second.username, made(4, 'ana@example.com', [first, second]).username]).toEqual(['Ana2', 'ana3']);
  });
});

describe('a person with a lower key', () => {
  it('keeps their role when it is sent back as it was, and cannot change it', () => {
    const ana = { ...made(1, 'ana@example.org'), role: 'ADMIN' as const };
    const by = { userId: ana.id, role: 'RESPONDER' as const };
    const request = { email: ana.email, firstName: 'Ana', lastName: 'B' };
    expect(replaceUser(ana, { ...request, role: 'ADMIN' }, { by, now, others: [] })).toMatchObject({ firstName: 'Ana', role: 'ADMIN' });
    expect(refusal(() => replaceUser(ana, { ...request, role: 'USER' }, { by, now, others: [] }))).toBe('forbidden');
  });
});

describe('a mute that is over', () => {
  it('is not kept', () => {
    const ben = { ...made(2, 'ben@example.org'), mutedUntil: instant(now - 1) };
    const changed = replaceUser(ben, { email: ben.email, firstName: 'A', lastName: 'B' }, { by: admin, now, others: [] });
    expect(changed).not.toHaveProperty('mutedUntil');
  });
});

describe('an address', () => {
  it.each(['ana@example.org', 'ana+pager@sub.example.org', 'admin@localhost', 'jörg@müller.example', "o'brien@example.org"])(
    'may be %s',
    (address) => {
      expect(emailAddressProblem(address)).toBeUndefined();
    },
  );
  it.each([
    '',
    'ana',
    '@example.org',
    'ana@',
    'a b@example.org',
    'ana@example..org',
    'ana@-x.org',
    'a@b\r\nBcc: c@d',
    '"a"@b.c',
    `${'a'.repeat(65)}@b.c`,
  ])('may not be %p', (address) => {
    expect(emailAddressProblem(address)).toEqual(expect.any(String));
  });
});

describe('a telephone number', () => {
  it.each(['+4915112345678', '+49 (151) 123-456', '030 1234567', '0301234'])('may be %s', (number) => {
    expect(phoneNumberProblem(number)).toBeUndefined();
  });
  it.each(['', '+0151', '+49', '110', 'call me', '+4915112345678901', '+49151x'])('may not be %p', (number) => {
    expect(phoneNumberProblem(number)).toEqual(expect.any(String));
  });
  it('has a country that exists', () => {
    expect([regionCodeProblem('DE'), regionCodeProblem('de'), regionCodeProblem('XQ')].map((problem) => problem === undefined)).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('where a person is counted on', () => {
  const ana = 7 as UserId;
  const common = {
    id: 3 as ScheduleId,
    name: 'Primary',
    timezone: 'Europe/Berlin',
    teamIds: [],
    overrides: [],
    createdAt: now,
    updatedAt: now,
  };
  const layer = { name: 'Week', startsOn: '2026-01-05T09:00', users: [ana, 8 as UserId], rotation: 'P7D' };
  const recurring = (more: object, overrides: Schedule['overrides'] = []): Schedule =>
    ({ ...common, overrides, type: 'RECURRING', plans: [{ from: now, layers: [{ ...layer, ...more }] }] }) as unknown as Schedule;
  const found = (schedule: Schedule) => referencesToUser(ana, { policies: [], schedules: [schedule], teams: [] }, now);

  it('a rotation names them until its layer ends', () => {
    expect(found(recurring({}))).toMatchObject([
      { type: 'schedule', id: 3, shifts: [{ start: '2026-03-02T08:00:00.000Z' }, ...Array.from({ length: 9 }, () => ({}))] },
    ]);
    expect(found(recurring({ endsOn: '2026-03-02T12:59' }))).toEqual([]);
    expect(found(recurring({ users: [8] }))).toEqual([]);
  });

  it('an override names them until it ends', () => {
    const override = { id: 1, userId: ana, start: instant(now - 1000) };
    const lasting = (end: number) => recurring({ users: [8] }, [{ ...override, end: instant(end) }] as unknown as Schedule['overrides']);
    expect([found(lasting(now + 1)).length, found(lasting(now)).length]).toEqual([1, 0]);
  });
});
