import type { AlertSource, ConfigurationKind, Team, User } from '../configuration/resources';
import type { AlertSourceId, SlackLinkId, TeamId, UserId } from '../ids';
import { person, second } from '../testing/notification-builders';
import { allSlackUpdates, createSlackLink, mayEndSlackLink, replaceSlackLink } from './slack-link-rules';

const ana: User = person({ id: 1 as UserId, role: 'USER' });
const hidden: Pick<Team, 'visibility' | 'members'> = { visibility: 'PRIVATE', members: [{ userId: 2 as UserId, role: 'USER' }] };
const source = (id: number, ...teamIds: readonly number[]): Pick<AlertSource, 'id' | 'teamIds'> => ({
  id: id as AlertSourceId,
  teamIds: teamIds as TeamId[],
});
const known: Readonly<Record<string, unknown>> = {
  'source-3': source(3),
  'source-4': source(4, 9),
  'source-5': source(5),
  'team-9': hidden,
};
const configuration = { get: (kind: ConfigurationKind, id: number) => known[`${kind}-${id}`] as never };
const change = (by: User = ana) => ({ by, now: second(1), configuration });
const request = (...sourceIds: readonly number[]) => ({
  teamId: 'T1',
  channelId: 'C1',
  sourceIds: sourceIds as AlertSourceId[],
  updates: allSlackUpdates,
});
const id = 1 as SlackLinkId;

describe('linking a channel (B27)', () => {
  it('is on record with the sources ascending, all three updates on', () =>
    expect(createSlackLink(id, request(5, 3, 5), change())).toMatchObject({
      sourceIds: [3, 5],
      updates: { escalations: true, assignments: true, actions: true },
    }));
  it.each(['RESPONDER', 'GUEST', 'STAKEHOLDER'] as const)('is not for the role %s', (role) =>
    expect(() => createSlackLink(id, request(3), change({ ...ana, role }))).toThrow('USER'),
  );
  it('takes sight of the source', () => {
    expect(() => createSlackLink(id, request(4), change())).toThrow('there is no alert source 4');
    expect(createSlackLink(id, request(4), change({ ...ana, id: 2 as UserId })).sourceIds).toEqual([4]);
    expect(createSlackLink(id, request(4), change({ ...ana, role: 'ADMIN' })).sourceIds).toEqual([4]);
  });
  it('says the same of a source that is not there', () =>
    expect(() => createSlackLink(id, request(8), change())).toThrow('there is no alert source 8'));
  it('needs a source', () => expect(() => createSlackLink(id, request(), change())).toThrow('at least one'));
});

describe('a channel that is linked to a source one does not see', () => {
  const linked = createSlackLink(id, request(3, 4), change({ ...ana, role: 'ADMIN' }));

  it('stays linked to it when one changes the others', () =>
    expect(replaceSlackLink(linked, request(5), change()).sourceIds).toEqual([4, 5]));
  it('is not ended by taking away the others', () => expect(mayEndSlackLink(linked, change())).toBe(false));
  it('is ended by whoever sees all of them', () => expect(mayEndSlackLink(linked, change({ ...ana, role: 'ADMIN' }))).toBe(true));
});
