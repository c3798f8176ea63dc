import fc from 'fast-check';
import type { TeamId, UserId } from '../ids';
import type { AlertSource, Team, User } from './resources';
import type { Editor } from './roles';
import { seesWhatBelongsTo, visibleTo } from './visibility';

type Membership = Pick<Team, 'id' | 'visibility' | 'members'>;

const team = (id: number, visibility: Team['visibility'], ...members: readonly number[]): Membership => ({
  id: id as TeamId,
  visibility,
  members: members.map((userId) => ({ userId: userId as UserId, role: 'RESPONDER' })),
});
const person = (userId: number, role: Editor['role'] = 'USER'): Editor => ({ userId: userId as UserId, role });
const user = (id: number): User => ({ id }) as unknown as User;
const source = (...teamIds: readonly number[]): AlertSource => ({ id: 1, teamIds }) as unknown as AlertSource;

const [ana, ben, cleo] = [1, 2, 3];
const teams = [team(1, 'PUBLIC', ben), team(2, 'PRIVATE', ana), team(3, 'PRIVATE', cleo), team(4, 'PRIVATE')];
const sees = (by: Editor) => visibleTo(by, teams).sees;

describe('what belongs to a private team', () => {
  it('is seen by its members', () => expect(sees(person(ana))('source', source(2))).toBe(true));
  it('is hidden from others', () => expect(sees(person(ben))('source', source(2))).toBe(false));
  it('is hidden from the members of a public team that it belongs to as well', () =>
    expect(sees(person(ben))('source', source(1, 2))).toBe(false));
  it('is seen by the members of each of its private teams', () => expect(sees(person(cleo))('source', source(2, 3))).toBe(true));
  it('is hidden from members of another private team', () => expect(sees(person(cleo))('source', source(2))).toBe(false));
  it('is hidden from everybody else when nobody is in it', () => expect(sees(person(ana))('source', source(4))).toBe(false));
  it('is seen by administrators', () => expect(sees(person(ben, 'ADMIN'))('source', source(2, 4))).toBe(true));
});

describe('what belongs to no private team', () => {
  it.each([
    ['no team', source()],
    ['a public team', source(1)],
    ['a team that is not there any more', source(9)],
  ])('is seen by everybody: %s', (_what, of) => expect(sees(person(ben))('source', of)).toBe(true));
});

describe('a private team itself', () => {
  it('is seen by its members and by administrators alone', () =>
    expect([person(ana), person(ben), person(ben, 'ADMIN')].map((by) => sees(by)('team', teams[1] as Team))).toEqual([true, false, true]));
});

describe('somebody in a private team', () => {
  it('is hidden from whoever is not in it', () => expect(sees(person(ben))('user', user(ana))).toBe(false));
  it('sees themselves', () => expect(sees(person(ana))('user', user(ana))).toBe(true));
  it('is seen by whoever shares one of their private teams', () => {
    const more = [...teams, team(5, 'PRIVATE', ana, ben)];
    expect(visibleTo(person(ben), more).sees('user', user(ana))).toBe(true);
    expect(visibleTo(person(cleo), more).sees('user', user(ana))).toBe(false);
  });
  it('sees those who are in none', () => expect(sees(person(ana))('user', user(ben))).toBe(true));
  it('is an administrator to whom nothing is hidden', () => expect(visibleTo(person(ana, 'ADMIN'), teams).isWhole).toBe(true));
});

describe('any sight', () => {
  const anyTeam = fc.record({
    visibility: fc.constantFrom('PUBLIC' as const, 'PRIVATE' as const),
    members: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
  });
  const anyTeams = fc
    .array(anyTeam, { maxLength: 5 })
    .map((list) => list.map(({ visibility, members }, i) => team(i + 1, visibility, ...members)));
  const anyone = fc.record({ userId: fc.integer({ min: 1, max: 4 }), role: fc.constantFrom('USER' as const, 'ADMIN' as const) });

  it('is the same asked for one thing as in a list, and widens with each team that one joins and with each that becomes public', () => {
    fc.assert(
      fc.property(anyTeams, anyone, fc.uniqueArray(fc.integer({ min: 1, max: 6 })), (all, { userId, role }, teamIds) => {
        const by = person(userId, role);
        const lookup = { get: (_kind: string, id: number) => all.find((each) => each.id === (id as TeamId)) as never };
        const seen = visibleTo(by, all).sees('source', source(...teamIds));
        expect(seesWhatBelongsTo(by, teamIds as TeamId[], lookup)).toBe(seen);
        const joined = all.map((each) => (each.visibility === 'PRIVATE' ? team(each.id, 'PRIVATE', userId) : each));
        expect(visibleTo(by, joined).isWhole).toBe(true);
        const published = all.map((each) => ({ ...each, visibility: 'PUBLIC' as const }));
        expect(visibleTo(by, published).isWhole).toBe(true);
        if (visibleTo(by, all).isWhole) expect(seen).toBe(true);
      }),
    );
  });
});
