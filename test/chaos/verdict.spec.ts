import type { StoredEvent } from '@tocsin/event-store';
import type { ReceivedMail } from '@tocsin/testing';
import { duplicatesIn, lostEvents, openTwice } from './verdict.ts';

const event = (stream: string, type: string, data: object, correlationId = 'e1'): StoredEvent =>
  ({ stream, type, data, metadata: { correlationId } }) as unknown as StoredEvent;
const raised = (id: number, alertKey = 'disk') => event(`alert-${id}`, 'AlertRaised', { alertKey });
const resolved = (id: number) => event(`alert-${id}`, 'AlertResolved', {});

describe('the streams after the chaos', () => {
  it('give away an event that was answered and is nowhere', () => {
    expect(lostEvents(new Set(['e1']), [raised(1)])).toEqual([]);
    expect(lostEvents(new Set(['e1', 'e2']), [raised(1)])).toEqual(['the event e2 was answered 202 and is nowhere on record']);
  });

  it('account for an event that its source only counted', () => {
    const counted = event('sourcelog-1-2026-05-17', 'ToolEventsDropped', { counts: { 'no-open-alert': 1 } }, 'e9');
    expect(lostEvents(new Set(['e1', 'e2']), [raised(1), counted])).toEqual([]);
    expect(lostEvents(new Set(['e1', 'e2', 'e3']), [raised(1), counted])).toHaveLength(2);
  });

  it('give away two alerts of a key that were open at the same time, though both are resolved now', () => {
    expect(openTwice([raised(1), resolved(1), raised(2), raised(3, 'load')])).toEqual([]);
    expect(openTwice([raised(1), raised(2), resolved(1), resolved(2)])).toEqual(['disk had alert-1 and alert-2 open at the same time']);
  });
});

describe('the mailboxes after the chaos', () => {
  it('count the copies beyond the first of each message', () => {
    const mail = (to: string, messageId: string) => ({ to, messageId }) as ReceivedMail;
    expect(duplicatesIn([mail('ana', 'a'), mail('ben', 'b'), mail('ana', 'a'), mail('ana', 'a')])).toBe(2);
  });
});
