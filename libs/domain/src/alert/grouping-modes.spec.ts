import { fold } from '../decider';
import type { AlertId } from '../ids';
import { delivery, disk, keyless, minute, telling } from '../testing';
import { alertGroupDecider, initialAlertGroup, type AlertGroup } from './alert-group';
import { alertsToLookUp } from './group-candidates';
import type { GroupingSettings, KeyedToolEvent } from './tool-event';
import { decideToolEvent } from './tool-event-decision';

const first = 1 as AlertId;

describe('a source that groups by summary', () => {
  const settings: GroupingSettings = { alertCreation: 'ONE_ALERT_PER_EMAIL_SUBJECT' };
  it('opens an alert per new summary', () => {
    const { take } = telling(settings);
    expect([take(keyless()), take(keyless({ summary: ' disk full ' })), take(keyless({ summary: 'cpu hot' }))]).toEqual([
      'open',
      'repeat on 1',
      'open',
    ]);
  });
  it.each([
    ['opens and ends', true],
    ['opens and stays open', false],
  ])('keeps an alert that is open for long, whatever %s meanwhile (P2)', (_what, ends) => {
    const { take, story } = telling(settings);
    take(keyless({ summary: 'still open' }));
    take(keyless({ summary: 'over' }));
    story.resolvedByPerson(2 as AlertId, minute(9));
    const [open, over] = [story.alert(first), story.alert(2 as AlertId)];
    const ask = (group: AlertGroup, count: number, summary: string) => {
      const { event } = keyless({ summary });
      const trigger = { eventId: `event-${count}`, position: { epoch: 'e', partition: 0, offset: count } };
      const lookedUp = new Set(alertsToLookUp(event, trigger.eventId, settings, group));
      const alertOf = (id: AlertId) => {
        if (!lookedUp.has(id)) throw new Error(`alert ${id} was not looked up`);
        return id === 1 || !ends ? open : over;
      };
      return decideToolEvent({ event, trigger, at: minute(count), settings, group, alertOf });
    };
    let group = initialAlertGroup;
    for (let count = 1; count <= 1_200; count++) {
      const decision = ask(group, count, count === 1 ? 'still open' : `summary ${count}`);
      if (decision.type !== 'open') throw new Error(`a new summary is not opened: ${decision.type}`);
      group = fold(alertGroupDecider, decision.record(count as AlertId), group);
    }
    expect(ask(group, 1_201, 'still open')).toMatchObject({ type: 'apply', alertId: 1, command: { type: 'repeat' } });
  });
  it('keeps each key with its alert whatever the summary says later (3.3)', () => {
    const { take } = telling(settings);
    expect([take(disk()), take(disk({ summary: 'other' })), take(keyless({ summary: 'other' }))]).toEqual(['open', 'repeat on 1', 'open']);
  });
  it('resolves by key, one of several at a time (B19)', () => {
    const { take, statuses } = telling(settings);
    take(disk());
    take(disk({ alertKey: 'disk2' }));
    take(delivery('RESOLVE', { alertKey: 'disk' }));
    expect(statuses()).toEqual(['pending']);
    take(delivery('RESOLVE', { alertKey: 'DISK2' }));
    expect(statuses()).toEqual(['resolved']);
  });
  it('drops a RESOLVE without a key (B20)', () => {
    const { take } = telling(settings);
    take(keyless());
    expect(take(delivery('RESOLVE'))).toBe('drop: key-required');
  });
});

describe('a source with one pending alert', () => {
  const settings: GroupingSettings = { alertCreation: 'ONE_PENDING_ALERT_ALLOWED' };
  it('groups until somebody accepts', () => {
    const { take, story } = telling(settings);
    expect([take(keyless()), take(keyless({ summary: 'cpu' }))]).toEqual(['open', 'repeat on 1']);
    story.acceptedByPerson(first, minute(9));
    expect(take(keyless({ summary: 'net' }))).toBe('open');
  });
  it('takes an ACCEPT without a key for the pending one (B20)', () => {
    const { take, story, statuses } = telling(settings);
    take(keyless());
    story.acceptedByPerson(first, minute(9));
    take(keyless());
    expect(take(delivery('ACCEPT'))).toBe('acceptByTool on 2');
    expect(statuses()).toEqual(['accepted', 'accepted']);
    expect(take(delivery('RESOLVE'))).toBe('ambiguous on 2');
  });
  it('lets a key stay with its accepted alert (3.3)', () => {
    const { take, story } = telling(settings);
    take(disk());
    story.acceptedByPerson(first, minute(9));
    expect(take(disk())).toBe('repeat on 1');
  });
});

describe('a source with one open alert', () => {
  const settings: GroupingSettings = { alertCreation: 'ONE_OPEN_ALERT_ALLOWED' };
  it('groups until it is resolved', () => {
    const { take, story } = telling(settings);
    expect([take(keyless()), take(disk())]).toEqual(['open', 'repeat on 1']);
    story.acceptedByPerson(first, minute(9));
    expect(take(keyless({ summary: 'net' }))).toBe('repeat on 1');
    story.resolvedByPerson(first, minute(10));
    expect(take(disk())).toBe('open');
  });
  it('takes a RESOLVE without a key for it (B20)', () => {
    const { take, statuses } = telling(settings);
    take(disk());
    expect(take(delivery('RESOLVE'))).toBe('resolveByTool on 1');
    expect(statuses()).toEqual(['resolved']);
    expect(take(delivery('RESOLVE'))).toBe('drop: no-open-alert');
  });
});

describe('a source that groups by a window', () => {
  const settings: GroupingSettings = { alertCreation: 'ONE_ALERT_GROUPED_PER_WINDOW', windowMs: 10 * 60_000 };
  const at = (minutes: number, settingsOf: Partial<KeyedToolEvent> = {}) => keyless({ receivedAt: minute(minutes), ...settingsOf });
  it('opens an alert when the first one is a window old, however often it was repeated', () => {
    const { take } = telling(settings);
    expect([take(at(1000)), take(at(1009)), take(at(1010))]).toEqual(['open', 'repeat on 1', 'open']);
  });
  it('never reopens an alert that was resolved within the window', () => {
    const { take, story } = telling(settings);
    take(at(2000));
    story.resolvedByPerson(first, minute(2001));
    expect(take(at(2002))).toBe('open');
  });
});
