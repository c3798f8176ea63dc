import { instant } from '@tocsin/domain';
import { START } from '@tocsin/event-store';
import type { StoredEvent } from '@tocsin/event-store';
import { raisingTimers } from './raising-timers';

const NOW = instant(1_772_420_400_000);
const stored = (stream: string, type: string, data: unknown): StoredEvent => ({
  ...{ id: '00000000-0000-0000-0000-000000000001', stream, revision: 0, position: START, type, data },
  metadata: { schemaVersion: 1, time: NOW, actor: { type: 'system', part: 'spec' }, correlationId: 'c', causationId: 'd' },
});
const { due } = raisingTimers({} as never);
const source = (supportHours?: object): StoredEvent =>
  stored('source-7', 'ResourceConfigured', { kind: 'source', resource: { id: 7, supportHours } });

describe('the timer of a source that raises what waits', () => {
  it('is set off by its edits', () => expect(due(source({ autoRaise: true }))).toEqual({ id: 'raising-7', dueAt: NOW }));
  it('is set off by edits of hours, for all that name them', () => {
    expect(due(stored('supporthour-3', 'ResourceConfigured', {}))).toEqual({ id: 'supporthour-3', dueAt: NOW });
  });
  it('waits for what was recorded to be next', () => {
    expect(due(stored('raising-7', 'WaitingAlertsRaised', { nextAt: NOW + 5 }))).toEqual({ id: 'raising-7', dueAt: NOW + 5 });
  });
  it.each([
    ['raises nothing', source({ autoRaise: false })],
    ['goes by no hours', source()],
    ['was deleted', stored('source-7', 'ResourceDeleted', { kind: 'source', id: 7 })],
  ])('is called off when it %s', (_what, event) => expect(due(event)).toEqual({ id: 'raising-7', dueAt: null }));
  it('is left alone by what a newer version has to say of it', () => {
    expect(due(stored('source-7', 'SomethingNewer', {}))).toBeUndefined();
    expect(due(stored('raising-7', 'SomethingNewer', {}))).toBeUndefined();
  });
});
