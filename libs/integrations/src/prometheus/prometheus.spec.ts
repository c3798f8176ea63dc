import { eventOf, refusalOf, sample } from '../testing/samples';
import type { Sample } from '../testing/samples';
import { prometheus } from './prometheus';

const firing = (): Sample => sample('prometheus/samples/firing.json');
const resolved = (): Sample => sample('prometheus/samples/resolved.json');
const alert = (labels: Record<string, string>, more: Sample = {}): Sample => ({
  status: 'firing',
  labels,
  annotations: {},
  startsAt: '2026-01-05T10:00:00Z',
  fingerprint: Object.values(labels).join('-'),
  ...more,
});
const group = (alerts: readonly Sample[], more: Sample = {}): Sample => ({ groupKey: '{}:{a="b"}', status: 'firing', alerts, ...more });

describe('an Alertmanager group that is firing', () => {
  const event = eventOf(prometheus, firing());

  it('is an ALERT with the group’s key, its common labels and all that was sent', () => {
    expect(event).toMatchObject({
      eventType: 'ALERT',
      alertKey: '{}/{team="shop"}:{alertname="DiskFull"}',
      labels: { alertname: 'DiskFull', severity: 'critical', team: 'shop' },
      customDetails: firing(),
    });
    expect(event).not.toHaveProperty('priority');
  });

  it('names every member with its own state and start, firing first (B18)', () => {
    expect(event.members).toEqual([
      { key: '00000000000000d2', episode: '2026-01-05T10:00:00.1Z', state: 'firing', summary: 'db-2 has 4 % left' },
      {
        key: '{alertname="DiskFull",instance="db-3",severity="critical",team="shop"}',
        episode: '2026-01-05T10:00:30Z',
        state: 'firing',
        summary: 'db-3 has 5 % left',
      },
      { key: '00000000000000d1', episode: '2026-01-05T09:40:00.5Z', state: 'resolved', summary: 'db-1 has 2 % left' },
    ]);
  });

  it('is summed up by its first firing alert when the annotations differ', () => {
    expect(event.summary).toBe('db-2 has 4 % left (+1 more)');
  });

  it('tells the state and the text of each alert', () => {
    expect(event.details).toBe(
      [
        '2 firing, 1 resolved',
        '**firing: DiskFull (instance=db-2, severity=critical, team=shop, ilert_routingkey=storage, url=https://wiki.example/disk, urlLabel=What to do)**\ndb-2 has 4 % left\nIt fills up in an hour.\n- since: 2026-01-05T10:00:00.1Z',
        '**firing: DiskFull (instance=db-3, severity=critical, team=shop)**\ndb-3 has 5 % left\n- runbook_url: https://wiki.example/runbook\n- since: 2026-01-05T10:00:30Z',
        '**resolved: DiskFull (instance=db-1, severity=critical, team=shop, ilert_routingkey=databases)**\ndb-1 has 2 % left\n- since: 2026-01-05T09:40:00.5Z',
      ].join('\n\n'),
    );
  });

  it('is routed by the first firing alert that has a routing key, never by a resolved one', () => {
    expect(event.routingKey).toBe('storage');
  });

  it('links what the labels of firing alerts name, then the runbook, the rules and the Alertmanager', () => {
    expect(event.links).toEqual([
      { href: 'https://wiki.example/disk', text: 'What to do' },
      { href: 'https://wiki.example/runbook', text: 'Runbook' },
      { href: 'http://prometheus.example/graph?g0.expr=disk2', text: 'Source' },
      { href: 'http://prometheus.example/graph?g0.expr=disk3', text: 'Source' },
      { href: 'http://alertmanager.example:9093', text: 'Alertmanager' },
    ]);
  });
});

describe('an Alertmanager group that is resolved', () => {
  const event = eventOf(prometheus, resolved());

  it('is a RESOLVE of the whole group that still names its members', () => {
    expect(event).toMatchObject({
      eventType: 'RESOLVE',
      alertKey: '{}/{team="shop"}:{alertname="DiskFull"}',
      summary: 'db-2 has space again',
      members: [{ key: '00000000000000d2', episode: '2026-01-05T10:00:00.1Z', state: 'resolved', summary: 'db-2 has space again' }],
    });
  });

  it('routes nothing', () => {
    expect(event).not.toHaveProperty('routingKey');
  });

  it('is an ALERT after all when one of its members is firing', () => {
    expect(eventOf(prometheus, group([alert({ alertname: 'A' })], { status: 'resolved' })).eventType).toBe('ALERT');
  });
});

describe('an Alertmanager group that was cut short', () => {
  it('says so first', () => {
    const event = eventOf(prometheus, { ...firing(), truncatedAlerts: 12 });
    expect(event.details).toMatch(/^12 more alerts of this group were left out/);
  });
});

describe('an Alertmanager group without alerts', () => {
  it.each([
    ['firing', 'ALERT'],
    ['resolved', 'RESOLVE'],
  ])('that is %s is still an %s of its key', (status, eventType) => {
    const event = eventOf(prometheus, group([], { status, groupLabels: { alertname: 'Lost', zone: 'eu' } }));
    expect(event).toMatchObject({ eventType, alertKey: '{}:{a="b"}', summary: 'Lost (zone=eu)' });
    expect(event).not.toHaveProperty('members');
  });
});

describe('the summary of an Alertmanager group', () => {
  it('is the annotation that all alerts share', () => {
    const alerts = [alert({ alertname: 'A', i: '1' }), alert({ alertname: 'A', i: '2' })];
    expect(eventOf(prometheus, group(alerts, { commonAnnotations: { summary: 'both\nare down' } })).summary).toBe('both are down');
  });

  it('is the name and the group’s labels when nothing is annotated', () => {
    const body = group([alert({ alertname: 'A', i: '1' })], { groupLabels: { zone: 'eu' } });
    expect(eventOf(prometheus, body).summary).toBe('A (zone=eu)');
  });

  it('is the group’s key when there is nothing else', () => {
    expect(eventOf(prometheus, group([alert({})])).summary).toBe('{}:{a="b"}');
  });

  it('names the Google Cloud project', () => {
    const body = group([alert({ alertname: 'A', gcp_project: 'p-7' })], { commonLabels: { alertname: 'A', gcp_project: 'p-7' } });
    expect(eventOf(prometheus, body).summary).toBe('A [p-7]');
  });
});

describe('an Alertmanager member', () => {
  it('has the same key whatever the order of its labels', () => {
    const bare = { fingerprint: undefined };
    const keys = (labels: Record<string, string>) => eventOf(prometheus, group([alert(labels, bare)])).members?.map(({ key }) => key);
    expect(keys({ a: '1', b: '2' })).toEqual(['{a="1",b="2"}']);
    expect(keys({ b: '2', a: '1' })).toEqual(['{a="1",b="2"}']);
  });

  it('that is named twice in one episode counts as firing', () => {
    const twice = [alert({ a: '1' }, { status: 'resolved' }), alert({ a: '1' })];
    expect(eventOf(prometheus, group(twice)).members).toMatchObject([{ key: '1', state: 'firing' }]);
  });
});

describe('an Alertmanager group beyond all bounds', () => {
  const many = Array.from({ length: 1_500 }, (_, index) =>
    alert(
      { alertname: 'A', index: `${index}` },
      { status: index < 1_400 ? 'resolved' : 'firing', annotations: { text: 'x'.repeat(5_000) } },
    ),
  );
  const labels = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`label${index}`, 'y'.repeat(3_000)]));
  const event = eventOf(prometheus, group(many, { commonLabels: labels, groupKey: 'k'.repeat(3_000) }));

  it('keeps every firing member', () => {
    expect(event.members).toHaveLength(1_000);
    expect(event.members?.filter(({ state }) => state === 'firing')).toHaveLength(100);
  });

  it('shortens visibly', () => {
    expect(event.details?.length).toBeLessThanOrEqual(262_144);
    expect(event.details?.endsWith('… (shortened)')).toBe(true);
    expect(Object.keys(event.labels ?? {})).toHaveLength(100);
    expect(event.labels?.['…']).toBe('51 more (shortened)');
    expect(event.labels?.label0).toHaveLength(1_024);
    expect(JSON.stringify(event.customDetails).length).toBeLessThan(200_000);
    expect(JSON.stringify(event.customDetails)).toContain('… (shortened)');
  });

  it('keeps long keys apart', () => {
    const other = eventOf(prometheus, group([], { groupKey: `${'k'.repeat(3_000)}!` }));
    expect(event.alertKey).toHaveLength(1_024);
    expect(other.alertKey).not.toBe(event.alertKey);
  });
});

describe('a body that is not an Alertmanager group', () => {
  it.each([
    ['text', 'invalid body: must be the JSON object that Alertmanager posts'],
    [[], 'invalid body: must be the JSON object that Alertmanager posts'],
    [{ groupKey: 'k' }, 'invalid status: must be firing or resolved'],
    [{ status: 'firing' }, 'invalid groupKey: is required; send the webhook body unchanged'],
    [{ status: 'firing', groupKey: 'k', alerts: {} }, 'invalid alerts: must be a list'],
    [{ status: 'firing', groupKey: 'k', alerts: [1] }, 'invalid alerts.0: must be an object'],
    [{ status: 'firing', groupKey: 'k', alerts: [{}] }, 'invalid alerts.0.status: must be firing or resolved'],
    [{ status: 'firing', groupKey: 'k', commonLabels: 'x' }, 'invalid commonLabels: must be an object of texts'],
  ])('is refused with the field and the fix: %j', (body, refusal) => {
    expect(refusalOf(prometheus, body)).toBe(refusal);
  });
});

describe('a link in an alert’s labels', () => {
  it('is left out when a browser would run it', () => {
    expect(eventOf(prometheus, group([alert({ url: 'javascript:alert(1)' })]))).not.toHaveProperty('links');
  });
});
