import { accepted, alertId, ana, minute, raised, repeat, resolveByTool, resolvedBy, source, specify, toolEvent, user } from '../testing';
import { fold } from '../decider';
import { plusMinutes } from '../time';
import { alertDecider } from './alert';
import type { AlertEvent } from './alert-events';
import type { Alert } from './alert-state';

const given = specify(alertDecider);
const repeated = (offset: number, at = minute(2)): AlertEvent => ({
  type: 'AlertRepeated',
  data: { alertId, at, alertKey: 'disk', summary: 'disk full', count: 1, tool: toolEvent(offset) },
});
const keys = (check: (alert: Exclude<Alert, { status: 'absent' }>) => void) => (alert: Alert) => {
  if (alert.status === 'absent') throw new Error('there is no alert');
  check(alert);
};

describe('a repeat of an open alert (B17)', () => {
  it('is on record', () => given(raised()).when(repeat(1)).then(repeated(1)));
  it('leaves an accepted alert accepted', () =>
    given(raised(), accepted(ana))
      .when(repeat(1))
      .thenState((alert) => expect(alert.status).toBe('accepted')));
  it('raises a LOW alert when it is HIGH', () =>
    given(raised({ priority: 'LOW' }))
      .when(repeat(1, { priority: 'HIGH' }))
      .then(repeated(1), {
        type: 'AlertPriorityRaised',
        data: { alertId, at: minute(2), by: source, status: 'PENDING', tool: toolEvent(1) },
      }));
  it('never lowers a HIGH alert', () =>
    given(raised())
      .when(repeat(1, { priority: 'LOW' }))
      .then(repeated(1)));
  it('brings its summary and details', () =>
    given(raised({ details: '81 %' }))
      .when(repeat(1, { summary: 'disk fuller', details: '92 %' }))
      .thenState((alert) => expect(alert).toMatchObject({ summary: 'disk fuller', details: '92 %' })));
  it('keeps the details when it brings none', () =>
    given(raised({ details: '81 %' }))
      .when(repeat(1))
      .thenState((alert) => expect(alert).toMatchObject({ details: '81 %' })));
  it('leaves the summary of a group as it was, and joins its key', () =>
    given(raised({ grouping: 'mode' }))
      .when(repeat(1, { alertKey: 'CPU', summary: 'cpu hot', firing: [{ key: 'CPU' }] }))
      .then(
        { type: 'AlertRepeated', data: { alertId, at: minute(2), alertKey: 'CPU', summary: 'cpu hot', count: 1, tool: toolEvent(1) } },
        { type: 'KeyJoined', data: { alertId, at: minute(2), alertKey: 'CPU', summary: 'cpu hot', tool: toolEvent(1) } },
      ));
  it('names a new member of an accepted group', () =>
    given(raised({ openKeys: [{ key: 'a', episode: '1' }] }), accepted(ana))
      .when(
        repeat(1, {
          firing: [
            { key: 'a', episode: '1' },
            { key: 'b', episode: '2', summary: 'host b' },
          ],
        }),
      )
      .thenTypes('AlertRepeated', 'KeyJoined'));
});

describe('a repeat of a resolved alert', () => {
  it('is refused, so that another alert is opened (B17)', () =>
    given(raised(), resolvedBy(user(ana), minute(1)))
      .when(repeat(1))
      .thenRefused('alert-already-resolved'));
});

describe('a tool event delivered again (P4)', () => {
  it('is known by its id', () =>
    given(raised())
      .when(repeat(1), repeat(9, { tool: { ...toolEvent(9), eventId: 'event-1' } }))
      .thenNothing());
  it('is known by its offset', () => given(raised()).when(repeat(5), repeat(4)).thenNothing());
  it('is not mistaken for one of another partition', () =>
    given(raised())
      .when(repeat(5), repeat(4, { tool: { eventId: 'other', position: { epoch: 'e1', partition: 1, offset: 4 } } }))
      .thenTypes('AlertRepeated'));
});

describe('a tool that repeats without end', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => repeated(index + 1));
  it('is on record a hundred times', () =>
    given(raised(), ...hundred.slice(0, 99))
      .when(repeat(100))
      .thenTypes('AlertRepeated'));
  it('is not on record again within the hour', () =>
    given(raised(), ...hundred)
      .when(repeat(101))
      .thenNothing());
  it('is counted after an hour', () =>
    given(raised(), ...hundred)
      .when(repeat(900, { at: plusMinutes(minute(2), 60), unrecorded: 719 }))
      .then({
        type: 'AlertRepeated',
        data: { alertId, at: minute(62), alertKey: 'disk', summary: 'disk full', count: 720, tool: toolEvent(900) },
      }));
  it('is heard at once when it says something new', () =>
    given(raised(), ...hundred)
      .when(repeat(101, { summary: 'disk dead' }))
      .thenTypes('AlertSummaryChanged'));
});

describe('a RESOLVE of the tool', () => {
  it('resolves an alert of one key', () =>
    given(raised())
      .when(resolveByTool(1))
      .then(resolvedBy(source, minute(3), toolEvent(1))));
  const group = raised({ grouping: 'mode', openKeys: [{ key: 'disk' }, { key: 'cpu' }] });
  it('takes one key off a group (B19)', () =>
    given(group)
      .when(resolveByTool(1, { key: ' DISK ' }))
      .thenState(keys((alert) => expect([alert.status, alert.keys.open]).toEqual(['pending', [{ key: 'cpu' }]]))));
  it('resolves a group with its last key (B19)', () =>
    given(group)
      .when(resolveByTool(1, { key: 'disk' }), resolveByTool(2, { key: 'cpu' }))
      .thenTypes('KeyResolved', 'AlertResolved'));
  it('does nothing to a group that does not have its key, and says so', () =>
    given(group)
      .when(resolveByTool(1, { key: 'net' }))
      .thenTypes('ToolEventIgnored'));
  it('after a person resolved it puts the end of the episode on record (B18)', () =>
    given(raised({ openKeys: [{ key: 'disk', episode: 'mon' }] }), resolvedBy(user(ana), minute(1)))
      .when(resolveByTool(1, { key: 'disk', episode: 'mon' }))
      .thenState(keys((alert) => expect([alert.status, alert.keys.over]).toEqual(['resolved', [{ key: 'disk', episode: 'mon' }]]))));
});

describe('a group that changes in one event', () => {
  const group = raised({ openKeys: [{ key: 'a', episode: '1' }] });
  it('joins what fires and ends what is resolved', () =>
    given(group)
      .when(repeat(1, { firing: [{ key: 'b', episode: '1' }], resolved: [{ key: 'a', episode: '1' }] }))
      .thenTypes('AlertRepeated', 'KeyJoined', 'KeyResolved'));
  it('is resolved when nothing fires any more', () =>
    given(group)
      .when(repeat(1, { firing: [], resolved: [{ key: 'a', episode: '1' }] }))
      .thenTypes('AlertRepeated', 'KeyResolved', 'AlertResolved'));
  it('is not touched by the late end of an episode before (B18)', () =>
    given(group)
      .when(repeat(1, { firing: [{ key: 'a', episode: '2' }] }), resolveByTool(2, { key: 'a', episode: '1' }))
      .thenTypes('ToolEventIgnored'));
});

describe('an ACCEPT of the tool', () => {
  const acceptByTool = { type: 'acceptByTool', at: minute(2), by: source, tool: toolEvent(1) } as const;
  it('accepts a pending alert', () =>
    given(raised())
      .when(acceptByTool)
      .then({ type: 'AlertAccepted', data: { alertId, at: minute(2), by: source, round: 1, tool: toolEvent(1) } }));
  it('is only noted on an accepted alert', () => given(raised(), accepted(ana)).when(acceptByTool).thenTypes('ToolEventIgnored'));
  it('never refuses on a resolved one', () =>
    given(raised(), resolvedBy(user(ana), minute(1)))
      .when(acceptByTool)
      .thenTypes('ToolEventIgnored'));
});

describe('the story of an alert', () => {
  it('gives the same state however it is split', () => {
    const story = [raised({ priority: 'LOW' }), repeated(1), accepted(ana), repeated(2), resolvedBy(source, minute(9), toolEvent(3))];
    const whole = fold(alertDecider, story);
    for (let cut = 0; cut <= story.length; cut++) {
      expect(fold(alertDecider, story.slice(cut), fold(alertDecider, story.slice(0, cut)))).toEqual(whole);
    }
  });
});
