import { eventOf, mapped, refusalOf, sample } from '../testing/samples';
import type { Sample } from '../testing/samples';
import { grafana } from './grafana';

const unified = (): Sample => sample('grafana/samples/unified-firing.json');
const legacy = (): Sample => sample('grafana/samples/legacy-alerting.json');

describe('a firing group of unified alerting', () => {
  it('is an ALERT with Grafana’s title and message, its links and images, and the priority it states (B22)', () => {
    expect(eventOf(grafana, unified())).toEqual({
      eventType: 'ALERT',
      summary: '[FIRING:1] CPU (web-1)',
      details: '**Firing**\n\nB=97.5',
      alertKey: '{}:{alertname="CPU"}',
      members: [{ key: '00000000000000c1', episode: '2026-02-01T08:00:00Z', state: 'firing', summary: 'web-1 is busy' }],
      priority: 'LOW',
      images: [{ src: 'https://grafana.example/render/1.png' }],
      links: [
        { href: 'https://grafana.example/d/dash?viewPanel=2', text: 'Panel' },
        { href: 'https://grafana.example/d/dash', text: 'Dashboard' },
        { href: 'https://grafana.example/alerting/silence/new?matcher=alertname%3DCPU', text: 'Silence' },
        { href: 'https://grafana.example/alerting/grafana/abc/view', text: 'Source' },
        { href: 'https://grafana.example/', text: 'Grafana' },
      ],
      labels: { alertname: 'CPU', instance: 'web-1', priority: 'low' },
      customDetails: unified(),
    });
  });

  it('lists its alerts when Grafana rendered no message', () => {
    expect(eventOf(grafana, { ...unified(), message: '', title: '' })).toMatchObject({
      summary: 'web-1 is busy',
      details: expect.stringContaining('1 firing, 0 resolved') as string,
    });
  });

  it('says before the message that it was cut short', () => {
    const event = eventOf(grafana, { ...unified(), truncatedAlerts: 4 });
    expect(event.details).toMatch(/^4 more alerts of this group were left out[^]*B=97\.5$/);
  });
});

describe('a resolved group of unified alerting', () => {
  it('is a RESOLVE with the same key', () => {
    expect(eventOf(grafana, sample('grafana/samples/unified-resolved.json'))).toMatchObject({
      eventType: 'RESOLVE',
      alertKey: '{}:{alertname="CPU"}',
      summary: '[RESOLVED] CPU (web-1)',
      members: [{ key: '00000000000000c1', episode: '2026-02-01T08:00:00Z', state: 'resolved' }],
    });
  });
});

describe('a rule of legacy alerting', () => {
  it('is an ALERT with a key of organisation and rule', () => {
    expect(eventOf(grafana, legacy())).toEqual({
      eventType: 'ALERT',
      summary: '[Alerting] CPU',
      details: 'The processor is busy.\n\n- cpu web-1 = 92.5',
      alertKey: 'grafana-2-7',
      images: [{ src: 'https://grafana.example/render/7.png', alt: 'CPU' }],
      links: [{ href: 'https://grafana.example/d/abc?tab=alert', text: 'Grafana' }],
      labels: { team: 'shop' },
      customDetails: legacy(),
    });
  });

  it.each([
    ['no_data', 'ALERT'],
    ['ok', 'RESOLVE'],
    ['paused', 'ACCEPT'],
  ])('in state %s is %s (B21)', (state, eventType) => {
    expect(eventOf(grafana, { ...legacy(), state })).toMatchObject({ eventType, alertKey: 'grafana-2-7' });
  });

  it.each(['pending', 'unknown'])('in state %s says nothing', (state) => {
    expect(mapped(grafana, { ...legacy(), state })).toEqual([]);
  });

  it('has the priority of the event before that of a tag', () => {
    expect(eventOf(grafana, { ...legacy(), priority: 'HIGH', tags: { priority: 'LOW' } }).priority).toBe('HIGH');
  });
});

describe('a paused group of unified alerting', () => {
  it('is an ACCEPT that says nothing about members', () => {
    const event = eventOf(grafana, { ...unified(), state: 'paused' });
    expect(event.eventType).toBe('ACCEPT');
    expect(event).not.toHaveProperty('members');
  });
});

describe('a body that Grafana does not send', () => {
  it.each([
    [{}, /^invalid state: must be one of firing, alerting/],
    [{ status: 'odd' }, /^invalid status: must be one of/],
    [{ status: 'firing', alerts: [] }, /^invalid groupKey: is required/],
    [{ state: 'alerting' }, /^invalid ruleId: is required/],
    [{ state: 'alerting', ruleId: 1, tags: 'x' }, /^invalid tags: must be an object of texts/],
  ])('is refused with the field and the fix: %j', (body, refusal) => {
    expect(refusalOf(grafana, body)).toMatch(refusal);
  });
});
