import { eventOf, refusalOf, sample } from '../testing/samples';
import type { Sample } from '../testing/samples';
import { api } from './api';

const alert = (): Sample => sample('api/samples/alert.json');

describe('a plain event', () => {
  it('is passed on trimmed and without its nulls and its key', () => {
    expect(eventOf(api, alert())).toEqual({
      eventType: 'ALERT',
      summary: 'Checkout is slow',
      details: 'p99 is **4 s**',
      alertKey: 'checkout',
      priority: 'HIGH',
      severity: 2,
      images: [{ src: 'https://charts.example/1.png', alt: 'p99' }],
      links: [{ href: 'https://wiki.example/checkout' }],
      comments: [{ content: 'since the last release' }],
      labels: { service: 'checkout' },
      customDetails: { p99: 4.1 },
      routingKey: 'shop',
    });
  });

  it.each([
    [
      { eventType: 'RESOLVE', incidentKey: 'old name' },
      { eventType: 'RESOLVE', alertKey: 'old name' },
    ],
    [
      { eventType: 'ACCEPT', alertKey: '', incidentKey: 'old name' },
      { eventType: 'ACCEPT', alertKey: 'old name' },
    ],
    [
      { eventType: 'COMMENT', comments: [{ content: 'hi' }] },
      { eventType: 'COMMENT', comments: [{ content: 'hi' }] },
    ],
    [{ eventType: 'RESOLVE', summary: null, labels: null, links: null }, { eventType: 'RESOLVE' }],
  ])('needs no summary unless it is an ALERT: %j', (body, event) => {
    expect(eventOf(api, body)).toEqual(event);
  });

  it('is read from text that is JSON', () => {
    expect(eventOf(api, '{"eventType":"RESOLVE","alertKey":"k"}')).toEqual({ eventType: 'RESOLVE', alertKey: 'k' });
  });

  it('is shortened visibly instead of refused', () => {
    const event = eventOf(api, { ...alert(), summary: 's'.repeat(5_000), details: 'd'.repeat(300_000), alertKey: 'k'.repeat(2_000) });
    expect(event.summary).toHaveLength(4_096);
    expect(event.summary?.endsWith('s … (shortened)')).toBe(true);
    expect(event.details).toHaveLength(262_144);
    expect(event.alertKey).toHaveLength(1_024);
  });
});

describe('a plain event that cannot be understood', () => {
  it.each([
    [[], /^invalid body: must be the JSON object/],
    [{}, /^invalid eventType: is required/],
    [{ eventType: 'alert' }, /^invalid eventType: must be one of ALERT, ACCEPT, RESOLVE, COMMENT/],
    [{ eventType: 'ALERT', summary: '  ' }, /^invalid summary: is required for an ALERT/],
    [{ eventType: 'ALERT', summary: 's', severity: 'high' }, /^invalid severity: must be a whole number from 1 to 5/],
    [{ eventType: 'ALERT', summary: 's', severity: 6 }, /^invalid severity: must be a whole number from 1 to 5/],
    [{ eventType: 'ALERT', summary: 's', links: [{}] }, /^invalid links\.0\.href: is required/],
  ])('is refused with the field and the fix: %j', (body, refusal) => {
    expect(refusalOf(api, body)).toMatch(refusal);
  });
});
