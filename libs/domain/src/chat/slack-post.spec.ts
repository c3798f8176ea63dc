import fc from 'fast-check';
import { fold } from '../decider';
import type { AlertId, SlackLinkId, UserId } from '../ids';
import { specify } from '../testing/specify';
import { second } from '../testing/notification-builders';
import { plusMs, type Instant } from '../time';
import { slackPostDecider, type SlackPostCommand } from './slack-post';
import { linkOfPage, OWN_CHANNEL, type SlackPostEvent } from './slack-post-events';
import { nextAct, postOf } from './slack-post-state';

const given = specify(slackPostDecider);
const alertId = 7 as AlertId;
const ops = 1 as SlackLinkId;
const web = 2 as SlackLinkId;
const opsChannel = { linkId: ops, teamId: 'T1', channelId: 'C1' };
const webChannel = { linkId: web, teamId: 'T1', channelId: 'C2' };

const plan = (...targets: readonly (typeof opsChannel)[]): SlackPostCommand => ({
  type: 'plan',
  at: second(0),
  alertId,
  alertRevision: 0,
  targets,
});
const follow = (alertRevision: number, at: Instant, ...tells: readonly SlackLinkId[]): SlackPostCommand => ({
  type: 'follow',
  at,
  alertRevision,
  update: { kind: 'actions', tells },
});
const start = (at: Instant, interruptedBefore?: Instant): SlackPostCommand => ({
  type: 'startAttempt',
  at,
  alertId,
  linkId: ops,
  ...(interruptedBefore === undefined ? {} : { interruptedBefore }),
});
const done = (attempt: number, alertRevision: number, at: Instant): SlackPostCommand => ({
  type: 'recordOutcome',
  at,
  linkId: ops,
  attempt,
  outcome: { type: 'done', ts: '17.1', alertRevision },
});
const failed = (
  attempt: number,
  at: Instant,
  about: { permanent?: boolean; uncertain?: boolean; retryAfterMs?: number } = {},
): SlackPostCommand => ({
  type: 'recordOutcome',
  at,
  linkId: ops,
  attempt,
  outcome: { type: 'failed', reason: 'internal_error', permanent: false, uncertain: false, jitter: 0, ...about },
});

const planned = slackPostDecider.decide(plan(opsChannel), fold(slackPostDecider, []));
const afterCommands = (...commands: readonly SlackPostCommand[]): readonly SlackPostEvent[] => {
  const events: SlackPostEvent[] = [...planned];
  for (const command of commands) events.push(...slackPostDecider.decide(command, fold(slackPostDecider, events)));
  return events;
};
const posted = afterCommands(start(second(1)), done(1, 0, second(2)));

describe('an alert whose source is linked to channels', () => {
  it('gets one message in each of them, due at once', () =>
    given()
      .when(plan(opsChannel, webChannel))
      .then(
        { type: 'SlackPostPlanned', data: { ...opsChannel, alertId, alertRevision: 0, at: second(0), dueAt: second(0) } },
        { type: 'SlackPostPlanned', data: { ...webChannel, alertId, alertRevision: 0, at: second(0), dueAt: second(0) } },
      ));
  it('gets one message in a channel that two links name', () =>
    given()
      .when(plan(opsChannel, { ...opsChannel, linkId: web }))
      .thenTypes('SlackPostPlanned'));
  it('is not planned again when the fact comes again (P4)', () =>
    given(...planned)
      .when(plan(opsChannel))
      .thenNothing());
});

describe('a message that is due', () => {
  it('is on record before Slack is asked', () =>
    given(...planned)
      .when(start(second(1)))
      .then({
        type: 'SlackAttemptStarted',
        data: {
          ...{ linkId: ops, at: second(1), attempt: 1, act: 'post', key: 'slack-7-1', possiblyDone: false },
          dueAt: plusMs(second(1), 60_000),
        },
      }));
  it('has the ts that Slack gave it on record', () =>
    given(...planned)
      .when(start(second(1)), done(1, 0, second(2)))
      .then({ type: 'SlackPosted', data: { linkId: ops, at: second(2), attempt: 1, ts: '17.1', alertRevision: 0, dueAt: null } }));
  it('is not begun twice at once', () =>
    given(...planned)
      .when(start(second(1)), start(second(2)))
      .thenNothing());
  it('is begun again under the same key after a crash, marked as possibly done', () =>
    given(...planned)
      .when(start(second(1)), start(second(3), second(2)))
      .thenState((state) => expect(postOf(state, ops)).toMatchObject({ attempts: 2, uncertain: true })));
  it('waits as long as Slack says', () =>
    given(...planned)
      .when(start(second(1)), failed(1, second(2), { retryAfterMs: 30_000 }))
      .thenState((state) => expect(postOf(state, ops)?.dueAt).toBe(second(32))));
  it('is given up when Slack will never take it', () =>
    given(...planned)
      .when(start(second(1)), failed(1, second(2), { permanent: true }))
      .thenTypes('SlackGivenUp'));
  it('is not held back while it is being sent', () =>
    given(...planned)
      .when(start(second(1)), { type: 'holdBack', at: second(1), linkId: ops, until: second(9), reason: 'own limit' })
      .thenNothing());
});

describe('a fact of an alert that is shown', () => {
  it('asks for an edit, and for an update where the channel wants it', () =>
    given(...posted)
      .when(follow(3, second(5), ops))
      .thenTypes('SlackPostOutdated', 'SlackUpdatePlanned'));
  it('asks for an edit alone where the channel does not', () =>
    given(...posted)
      .when(follow(3, second(5)))
      .thenTypes('SlackPostOutdated'));
  it('that comes again changes nothing (P4)', () =>
    given(...posted)
      .when(follow(3, second(5), ops), follow(3, second(6), ops))
      .thenNothing());
  it('leaves one edit to do, however many came', () =>
    given(...posted)
      .when(follow(3, second(5)), follow(4, second(5)), follow(5, second(5)), start(second(6)), done(2, 5, second(7)))
      .then({ type: 'SlackEdited', data: { linkId: ops, at: second(7), attempt: 2, alertRevision: 5, dueAt: null } }));
  it('that comes while an edit is on its way asks for another one', () =>
    given(...posted)
      .when(follow(3, second(5)), start(second(6)), follow(4, second(6)), done(2, 3, second(7)))
      .thenState((state) => expect(postOf(state, ops)).toMatchObject({ shown: 3, wanted: 4, dueAt: second(7) })));
  it('does not shorten the wait that Slack asked for', () =>
    given(...posted)
      .when(follow(3, second(5)), start(second(6)), failed(2, second(7), { retryAfterMs: 30_000 }), follow(4, second(8)))
      .thenState((state) => expect(postOf(state, ops)?.dueAt).toBe(second(37))));
  it('is told after the message shows it, in order', () =>
    given(...posted)
      .when(follow(3, second(5), ops), follow(4, second(5), ops), start(second(6)), done(2, 4, second(7)), start(second(8)))
      .thenState((state) =>
        expect(postOf(state, ops)).toMatchObject({ attempting: { act: 'update' }, updates: [{ alertRevision: 3 }, { alertRevision: 4 }] }),
      ));
  it('that cannot be told keeps no other one from being told', () =>
    given(...posted)
      .when(
        follow(3, second(5), ops),
        follow(4, second(5), ops),
        start(second(6)),
        done(2, 4, second(7)),
        start(second(8)),
        failed(3, second(9), { permanent: true }),
      )
      .thenState((state) => expect(postOf(state, ops)).toMatchObject({ updates: [{ alertRevision: 4 }], dueAt: second(9) })));
  it('changes nothing any more where the message was removed', () =>
    given(...posted)
      .when(follow(3, second(5)), start(second(6)), failed(2, second(7), { permanent: true }), follow(4, second(8), ops))
      .thenNothing());
});

describe('a page by direct message', () => {
  const ana = 12 as UserId;
  const link = linkOfPage(93);
  const keep = (about: { readonly isOvertaken?: boolean } = {}): SlackPostCommand => ({
    type: 'keepPage',
    at: second(0),
    ...{ alertId, linkId: link, userId: ana, channelId: 'D1', ts: '17.2', alertRevision: 1, isOvertaken: false },
    ...about,
  });
  const hears = (alertRevision: number, at: Instant, stops: boolean): SlackPostCommand => ({
    ...(follow(alertRevision, at) as Extract<SlackPostCommand, { type: 'follow' }>),
    stops: (userId) => stops && userId === ana,
  });
  const kept = slackPostDecider.decide(keep(), fold(slackPostDecider, []));

  it('is kept once, with nothing to do', () =>
    given(...kept)
      .when(keep())
      .thenNothing());
  it('is put right at once when it was overtaken', () =>
    given()
      .when(keep({ isOvertaken: true }))
      .thenState((state) => expect(postOf(state, link)?.dueAt).toBe(second(0))));
  it('is edited when somebody has answered, and not for other news', () => {
    given(...kept)
      .when(hears(2, second(5), false))
      .thenNothing();
    given(...kept)
      .when(hears(2, second(5), true))
      .then({ type: 'SlackPostOutdated', data: { linkId: link, at: second(5), dueAt: second(5), alertRevision: 2 } });
  });
  it('is no concern of a fact that it was planned after', () =>
    given(...kept)
      .when(hears(1, second(5), true))
      .thenNothing());
  it('of more than a day ago is left as it was', () =>
    given(...kept)
      .when(hears(2, second(86_401), true))
      .thenNothing());
});

describe('a further channel', () => {
  it('leaves to be heard what the others have yet to hear', () =>
    given(...posted)
      .when({ type: 'plan', at: second(5), alertId, alertRevision: 9, targets: [{ linkId: OWN_CHANNEL, teamId: 'T1', channelId: 'C9' }] })
      .thenState((state) => expect([state.followed, postOf(state, OWN_CHANNEL)?.wanted]).toEqual([0, 0])));
});

describe('whatever comes in between', () => {
  const command = fc.oneof(
    fc.record({ what: fc.constant('follow' as const), revision: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ what: fc.constant('start' as const) }),
    fc.record({ what: fc.constant('done' as const) }),
    fc.record({ what: fc.constant('failed' as const), uncertain: fc.boolean() }),
    fc.record({ what: fc.constant('crash' as const) }),
  );

  it('there is one message, in the end it shows the newest, and something is due until then', () =>
    fc.assert(
      fc.property(fc.array(command, { maxLength: 40 }), (commands) => {
        const events: SlackPostEvent[] = [...planned];
        let at = second(1);
        const state = () => fold(slackPostDecider, events);
        const apply = (one: SlackPostCommand): void => void events.push(...slackPostDecider.decide(one, state()));
        const attempts = () => postOf(state(), ops)?.attempts ?? 0;
        for (const one of commands) {
          at = plusMs(at, 400_000);
          if (one.what === 'follow') apply(follow(one.revision, at, ops));
          if (one.what === 'start') apply(start(at));
          if (one.what === 'crash') apply(start(at, at));
          if (one.what === 'done') apply(done(attempts(), state().followed, at));
          if (one.what === 'failed') apply(failed(attempts(), at, { uncertain: one.uncertain }));
          const post = postOf(state(), ops);
          if (post !== undefined && nextAct(post) !== undefined) expect(post.dueAt).not.toBeNull();
        }
        for (let left = 60; left > 0 && nextAct(postOf(state(), ops)!) !== undefined; left -= 1) {
          at = plusMs(at, 400_000);
          apply(start(at));
          apply(done(attempts(), state().followed, at));
        }
        const post = postOf(state(), ops)!;
        expect(nextAct(post)).toBeUndefined();
        if (post.ended === undefined) expect(post.shown).toBeGreaterThanOrEqual(post.wanted);
        expect(events.filter(({ type }) => type === 'SlackPosted').length).toBeLessThanOrEqual(1);
      }),
    ));
});

describe('an alert that is not to be shown in a channel any more', () => {
  const end = (linkId: SlackLinkId = ops): SlackPostCommand => ({ type: 'end', at: second(9), linkId, reason: 'detached' });
  it('is not, whatever happens to it', () => {
    const ended = afterCommands(start(second(1)), done(1, 0, second(2)), follow(3, second(3), ops), end());
    expect(ended.at(-1)).toEqual({ type: 'SlackPostEnded', data: { linkId: ops, at: second(9), reason: 'detached', dueAt: null } });
    for (const late of [end(), follow(4, second(10), ops), start(second(10), second(9))])
      given(...ended)
        .when(late)
        .thenNothing();
  });
  it('has what is under way come to its end', () =>
    expect(
      afterCommands(start(second(1)), done(1, 0, second(2)), follow(3, second(3), ops), start(second(3)), end(), done(2, 3, second(10))).at(
        -1,
      ),
    ).toMatchObject({ type: 'SlackEdited', data: { dueAt: null } }));
  it('is shown in all others', () =>
    given(...posted)
      .when(end(web))
      .thenNothing());
});
