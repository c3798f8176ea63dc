import type { AlertId } from '../ids';
import { delivery, disk, group, keyless, minute, now, sourceId, telling, type Delivered } from '../testing';
import { plusMinutes } from '../time';
import { alertGuardStream, normaliseAlertKey } from './alert-key';
import { alertGuardScope, type GroupingSettings } from './tool-event';

const perKey: GroupingSettings = { alertCreation: 'ONE_ALERT_PER_EMAIL' };
const first = 1 as AlertId;
const second = 2 as AlertId;

describe('an alert key', () => {
  it.each([
    [' Disk\t', 'disk'],
    ['E\u0301COLE', '\u00e9cole'],
    ['ДИСК', 'диск'],
  ])('%j is the same as %j', (given, same) => expect(normaliseAlertKey(given)).toBe(same));
  it('of blanks is none', () => expect(normaliseAlertKey('  ')).toBeUndefined());
});

describe('the guard of a tool event', () => {
  const scopeOf = (event: Delivered, settings = perKey) => alertGuardScope(event.event, settings, event.id);
  it('is the stream of its key', () =>
    expect(alertGuardStream(sourceId, scopeOf(disk({ alertKey: ' DISK' })) ?? { type: 'source' }, (text) => `<${text}>`)).toBe(
      'alertkey-7-<disk>',
    ));
  it('is a stream of its own without a key', () => {
    const event = keyless();
    expect(scopeOf(event)).toEqual({ type: 'event', eventId: event.id });
  });
  it('is the stream of the source when alerts are grouped by a mode (B19)', () =>
    expect(scopeOf(disk(), { alertCreation: 'ONE_OPEN_ALERT_ALLOWED' })).toEqual({ type: 'source' }));
  it('is none for a RESOLVE without a key (B20)', () => expect(scopeOf(delivery('RESOLVE'))).toBeUndefined());
});

describe('a source that does not group', () => {
  it('opens an alert per key, without regard to case and blanks (P2)', () => {
    const { take } = telling(perKey);
    expect([take(disk()), take(disk({ alertKey: ' DISK ' })), take(disk({ alertKey: 'cpu' }))]).toEqual(['open', 'repeat on 1', 'open']);
  });
  it('opens an alert per event without a key, once per event', () => {
    const { take } = telling(perKey);
    const event = keyless();
    expect([take(event), take(event), take(keyless())]).toEqual(['open', 'drop: duplicate', 'open']);
  });
  it('opens another alert after the tool resolved the first (B17)', () => {
    const { take, statuses } = telling(perKey);
    expect([take(disk()), take(delivery('RESOLVE', { alertKey: 'disk' })), take(disk())]).toEqual(['open', 'resolveByTool on 1', 'open']);
    expect(statuses()).toEqual(['resolved', 'pending']);
  });
  it('opens another alert after a person resolved the first (B18)', () => {
    const { take, story } = telling(perKey);
    take(disk({ episode: 'mon' }));
    story.resolvedByPerson(first, minute(5));
    expect(take(disk({ episode: 'mon' }))).toBe('open');
  });
  it('drops what has no open alert or no key (B20)', () => {
    const { take } = telling(perKey);
    expect([take(delivery('RESOLVE', { alertKey: 'disk' })), take(delivery('ACCEPT'))]).toEqual([
      'drop: no-open-alert',
      'drop: key-required',
    ]);
  });
  it('accepts and comments by key', () => {
    const { take, statuses } = telling(perKey);
    take(disk());
    expect(take(delivery('COMMENT', { alertKey: 'disk', comments: [{ content: 'hm' }] }))).toBe('comment on 1');
    expect(take(delivery('ACCEPT', { alertKey: 'disk' }))).toBe('acceptByTool on 1');
    expect(statuses()).toEqual(['accepted']);
  });
  it('says the same of a comment that brings none, whether its alert is open or over (P4)', () => {
    const { take } = telling(perKey);
    take(disk());
    expect(take(delivery('COMMENT', { alertKey: 'disk' }))).toBe('drop: no-comment');
    take(delivery('RESOLVE', { alertKey: 'disk' }));
    expect(take(delivery('COMMENT', { alertKey: 'disk' }))).toBe('drop: no-comment');
  });
});

describe('an episode that the tool has resolved (B18)', () => {
  it('only logs when it fires late', () => {
    const { take, statuses } = telling(perKey);
    take(disk({ episode: 'mon' }));
    take(delivery('RESOLVE', { alertKey: 'disk', episode: 'mon' }));
    expect(take(disk({ episode: 'mon' }))).toBe('episode-over on 1');
    expect(statuses()).toEqual(['resolved']);
  });
  it('is over for the next alert of the key too', () => {
    const { take } = telling(perKey);
    take(disk({ episode: 'mon' }));
    take(delivery('RESOLVE', { alertKey: 'disk', episode: 'mon' }));
    expect(take(disk({ episode: 'tue' }))).toBe('open');
    expect(take(disk({ episode: 'mon' }))).toBe('episode-over on 1');
    expect(take(delivery('RESOLVE', { alertKey: 'disk', episode: 'mon' }))).toBe('episode-over on 2');
  });
  it('is over as well when a person had been faster', () => {
    const { take, story } = telling(perKey);
    take(disk({ episode: 'mon' }));
    story.resolvedByPerson(first, minute(5));
    expect(take(delivery('RESOLVE', { alertKey: 'disk', episode: 'mon' }))).toBe('resolveByTool on 1');
    expect(take(disk({ episode: 'mon' }))).toBe('episode-over on 1');
  });
});

describe('a group with members', () => {
  it('is resolved with its last member (B19)', () => {
    const { take, statuses } = telling(perKey);
    take(group(['a', '1', 'firing'], ['b', '1', 'firing']));
    take(group(['a', '1', 'resolved'], ['b', '1', 'firing']));
    expect(statuses()).toEqual(['pending']);
    take(group(['b', '1', 'resolved']));
    expect(statuses()).toEqual(['resolved']);
  });
  it('names a new member and stays accepted (B17)', () => {
    const { take, story } = telling(perKey);
    take(group(['a', '1', 'firing']));
    story.acceptedByPerson(first, minute(3));
    take(group(['a', '1', 'firing'], ['b', '1', 'firing']));
    expect(story.events(first).map(({ type }) => type)).toEqual(['AlertRaised', 'AlertAccepted', 'AlertRepeated', 'KeyJoined']);
  });
  it('opens again only with members that fire anew (B18)', () => {
    const { take, story } = telling(perKey);
    take(group(['a', '1', 'firing']));
    take(group(['a', '1', 'resolved']));
    expect(take(group(['a', '1', 'firing']))).toBe('episode-over on 1');
    expect(take(group(['a', '1', 'firing'], ['b', '2', 'firing']))).toBe('open');
    expect(story.open().map(({ keys }) => keys.open)).toEqual([[{ key: 'b', episode: '2' }]]);
  });
  it('stays open when the end of a stranger is told', () => {
    const { take, statuses } = telling(perKey);
    take(group(['a', '1', 'firing']));
    take(group(['x', '1', 'resolved']));
    expect(statuses()).toEqual(['pending']);
  });
});

describe('a half-done pair', () => {
  it('is completed by the redelivery under the same id', () => {
    const { story, take } = telling(perKey);
    const event = disk();
    story.deliver(event, minute(1), 'after-guard');
    expect(story.alertIds()).toEqual([]);
    expect(take(event)).toBe('open');
    expect(story.alertIds()).toEqual([first]);
    expect(take(event)).toBe('drop: duplicate');
  });
  it('is completed by the next event of the key when the first is parked, which then changes nothing', () => {
    const { story, take, statuses } = telling(perKey);
    const event = disk();
    story.deliver(event, minute(1), 'after-guard');
    expect(take(disk())).toBe('open');
    expect(take(event)).toBe('drop: duplicate');
    expect(statuses()).toEqual(['pending']);
  });
  it('is completed with what fired anew, although its own record is the newest of the key', () => {
    const { story, take } = telling(perKey);
    take(group(['a', '1', 'firing']));
    take(group(['a', '1', 'resolved']));
    take(group(['a', '3', 'firing']));
    story.resolvedByPerson(second, now());
    const event = group(['a', '1', 'firing'], ['b', '1', 'firing']);
    story.deliver(event, now(), 'after-guard');
    take(event);
    expect(story.open().map(({ keys }) => keys.open)).toEqual([[{ key: 'b', episode: '1' }]]);
  });
  it('joins a group late', () => {
    const { story, take } = telling({ alertCreation: 'ONE_OPEN_ALERT_ALLOWED' });
    take(keyless());
    const event = disk();
    story.deliver(event, minute(1), 'after-guard');
    take(event);
    expect(story.open().map(({ keys }) => keys.open)).toEqual([[{ key: 'disk' }]]);
  });
  it('opens an alert of its own when the group was resolved before it could join', () => {
    const { story, take } = telling({ alertCreation: 'ONE_OPEN_ALERT_ALLOWED' });
    take(keyless());
    const event = disk();
    story.deliver(event, minute(1), 'after-guard');
    story.resolvedByPerson(first, minute(2));
    expect(take(event)).toBe('open');
    expect(story.open().map(({ alertId }) => alertId)).toEqual([second]);
    expect(take(event)).toBe('drop: duplicate');
  });
});

describe('a repeat that is no longer on record one by one', () => {
  it('opens nothing when it is delivered again after a person resolved the alert (P4)', () => {
    const { take, story } = telling(perKey);
    take(disk());
    for (let count = 0; count < 100; count++) take(disk());
    const unrecorded = disk();
    take(unrecorded);
    story.resolvedByPerson(first, plusMinutes(now(), 1));
    expect(take(unrecorded)).toBe('drop: received-before-resolution');
  });
});
