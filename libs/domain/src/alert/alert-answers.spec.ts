import {
  accept,
  accepted,
  activated,
  alertId,
  ana,
  assign,
  ben,
  level,
  minute,
  raised,
  resolve,
  resolvedBy,
  responderAccepted,
  source,
  specify,
  step,
  user,
} from '../testing';
import { alertDecider } from './alert';

const given = specify(alertDecider);
const paged = activated(step(0), 1, ana);

describe('a pending alert', () => {
  it('is accepted by a responder', () =>
    given(raised(), paged)
      .when(accept(ana))
      .then(accepted(ana, minute(2))));
  it('makes a stranger who accepts one of its responders (B5)', () =>
    given(raised(), paged)
      .when(accept(ben))
      .thenState((alert) =>
        expect(alert).toMatchObject({
          status: 'accepted',
          acceptedBy: user(ben),
          lastAcceptedBy: ben,
          responders: [
            { userId: ana, status: 'PENDING', activation: 1 },
            { userId: ben, status: 'ACCEPTED', acceptedAt: minute(2) },
          ],
        }),
      ));
  it('may be resolved without having been accepted', () =>
    given(raised())
      .when(resolve(ana))
      .then(resolvedBy(user(ana), minute(3))));
});

describe('an accepted alert', () => {
  it('ignores a second acceptance by the same person (B5)', () => given(raised(), paged, accepted(ana)).when(accept(ana)).thenNothing());
  it('takes a second person as one more responder (B5)', () =>
    given(raised(), paged, accepted(ana))
      .when(accept(ben))
      .then(responderAccepted(ben, minute(2))));
  it('ignores the second acceptance of the second person too', () =>
    given(raised(), paged, accepted(ana))
      .when(accept(ben), accept(ben, minute(3)))
      .thenNothing());
  it('stays with whoever accepted first, and remembers who did last (B4)', () =>
    given(raised(), paged, accepted(ana))
      .when(accept(ben))
      .thenState((alert) => expect(alert).toMatchObject({ acceptedBy: user(ana), lastAcceptedBy: ben })));
  it('asks a person who is added for an answer of their own (B9)', () =>
    given(raised(), paged, accepted(ana))
      .when({ type: 'addResponder', by: user(ana), at: minute(5), userId: ben })
      .then({
        type: 'ResponderAdded',
        data: { alertId, at: minute(5), by: user(ana), userId: ben, activation: 2, priority: 'HIGH', round: 1 },
      }));
});

describe('a resolved alert', () => {
  const before = [raised(), paged, resolvedBy(user(ana), minute(1))];
  it('ignores being resolved again (B5)', () =>
    given(...before)
      .when(resolve(ben))
      .thenNothing());
  it('refuses to be accepted, so that nobody becomes a responder late (B5)', () =>
    given(...before)
      .when(accept(ben))
      .thenRefused('alert-already-resolved'));
  it('refuses to be assigned (B10)', () =>
    given(...before)
      .when(assign({ type: 'user', userId: ben }))
      .thenRefused('alert-already-resolved'));
  it('pages nobody when a level comes late (B9)', () =>
    given(...before)
      .when(level(step(1), [ben]))
      .thenNothing());
  it('takes a comment of a person', () =>
    given(...before)
      .when({ type: 'comment', by: user(ana), at: minute(9), comments: [{ content: 'log rotated' }] })
      .thenTypes('CommentAdded'));
  it('refuses to be raised', () =>
    given(...before)
      .when({ type: 'raisePriority', by: user(ana), at: minute(9) })
      .thenRefused('alert-already-resolved'));
});

describe('an alert that does not exist', () => {
  it('is not found', () => given().when(accept(ana)).thenRefused('alert-not-found'));
  it('is created by raising it', () => {
    const { data } = raised() as Extract<ReturnType<typeof raised>, { type: 'AlertRaised' }>;
    given().when({ type: 'raise', alert: data }).then(raised());
  });
});

describe('an alert that exists', () => {
  it('is not created again', () => {
    const { data } = raised() as Extract<ReturnType<typeof raised>, { type: 'AlertRaised' }>;
    given(raised()).when({ type: 'raise', alert: data }).thenNothing();
  });
});

describe('the responders of an alert', () => {
  const add = { type: 'addResponder', by: user(ben), at: minute(2), userId: ana } as const;
  const remove = { type: 'removeResponder', by: user(ben), at: minute(2), userId: ana } as const;
  it('do not take a person twice', () => given(raised(), paged).when(add).thenRefused('responder-already-present'));
  it('lose a person who is removed', () =>
    given(raised(), paged)
      .when(remove)
      .thenState((alert) => expect(alert).toMatchObject({ status: 'pending', responders: [] })));
  it('cannot lose somebody who is not there', () => given(raised()).when(remove).thenRefused('responder-not-found'));
});

describe('an alert with an auto-resolution time', () => {
  const before = [raised({ autoResolveAt: minute(30) })];
  it('stays open until then', () =>
    given(...before)
      .when({ type: 'autoResolve', at: minute(29) })
      .thenNothing());
  it('is resolved by the system then', () =>
    given(...before)
      .when({ type: 'autoResolve', at: minute(30) })
      .then({
        type: 'AlertResolved',
        data: { alertId, at: minute(30), by: { type: 'system', part: 'auto-resolution' }, cause: 'auto-resolution' },
      }));
  it('is not resolved again when somebody was faster', () =>
    given(...before, resolvedBy(source, minute(2)))
      .when({ type: 'autoResolve', at: minute(30) })
      .thenNothing());
});

describe('an alert without one', () => {
  it('is never resolved by time', () =>
    given(raised())
      .when({ type: 'autoResolve', at: minute(100_000) })
      .thenNothing());
});
