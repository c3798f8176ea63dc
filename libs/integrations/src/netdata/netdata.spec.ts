import { createHmac } from 'node:crypto';
import { eventOf, mapped, refusalOf, sample, sampleText } from '../testing/samples';
import { netdataChallengeAnswer } from './challenge';
import { netdata } from './netdata';

const critical = (): string => sampleText('netdata/samples/agent-critical.txt');

describe('a critical alert of a Netdata agent, almost JSON', () => {
  it('is an ALERT that names host, chart, alert and value around the agent’s bare "is critical"', () => {
    expect(eventOf(netdata, critical())).toEqual({
      eventType: 'ALERT',
      summary: 'db1 is critical: disk_space._var, disk_space_usage = 97%',
      details: [
        'disk "var" space,\nused',
        '- value: 97%\n- duration: 5 minutes\n- other critical alerts on the node: 1\n- other warnings on the node: 0\n- defined: line=12,file=/usr/lib/netdata/conf.d/health.d/disks.conf',
      ].join('\n\n'),
      alertKey: 'db1/disk_space._var/disk_space_usage',
      links: [{ href: 'https://registry.example/registry-alert-redirect.html?agent_machine_guid=1&host=db1', text: 'Netdata' }],
      labels: { host: 'db1', chart: 'disk_space._var', alert: 'disk_space_usage', severity: 'critical' },
      customDetails: expect.objectContaining({ severity: 'CRITICAL', alarm_id: 1702 }) as object,
    });
  });

  it('is resolved under the same key though its numeric id has changed (B21)', () => {
    const clear = eventOf(netdata, sampleText('netdata/samples/agent-clear.txt'));
    expect(clear).toMatchObject({ eventType: 'RESOLVE', alertKey: eventOf(netdata, critical()).alertKey, customDetails: { alarm_id: 99 } });
  });
});

describe('an alert of Netdata', () => {
  const alert = { alert: 'load', chart: 'system.load', host: 'web1', message: 'web1 is busy', value: '9' };

  it.each([
    ['warning', 'ALERT'],
    ['CRITICAL', 'ALERT'],
    ['clear', 'RESOLVE'],
    ['resolved', 'RESOLVE'],
  ])('with severity %s is %s', (severity, eventType) => {
    expect(eventOf(netdata, { ...alert, severity })).toMatchObject({
      eventType,
      summary: 'web1 is busy',
      alertKey: 'web1/system.load/load',
    });
  });

  it.each(['removed', 'UNDEFINED', 'uninitialized'])('with severity %s says nothing', (severity) => {
    expect(mapped(netdata, { ...alert, severity })).toEqual([]);
  });

  it('has a key of its own when a slash stands elsewhere', () => {
    const key = (host: string, chart: string) => eventOf(netdata, { ...alert, host, chart, severity: 'warning' }).alertKey;
    expect(key('a/b', 'c')).not.toBe(key('a', 'b/c'));
  });
});

describe('Netdata Cloud’s generic webhook', () => {
  it('is an ALERT under its space, since it names no host', () => {
    expect(eventOf(netdata, sample('netdata/samples/cloud-alert.json'))).toEqual({
      eventType: 'ALERT',
      summary: 'ram_in_use needs attention',
      details: 'Memory in use\n\n- duration: 2 minutes\n- other critical alerts on the node: 0\n- other warnings on the node: 3',
      alertKey: 'Acme/system.ram/ram_in_use',
      links: [{ href: 'https://netdata.example/alerts/1', text: 'Netdata' }],
      labels: {
        chart: 'system.ram',
        alert: 'ram_in_use',
        severity: 'warning',
        context: 'system.ram',
        family: 'ram',
        class: 'Utilization',
        space: 'Acme',
      },
      customDetails: sample('netdata/samples/cloud-alert.json'),
    });
  });

  it('raises an alert for a node that is lost, and resolves it for the same node found', () => {
    const lost = sample('netdata/samples/cloud-reachability.json');
    expect(eventOf(netdata, lost)).toEqual({
      eventType: 'ALERT',
      summary: 'db1 became unreachable',
      alertKey: 'db1/reachability',
      links: [{ href: 'https://netdata.example/nodes/db1', text: 'Netdata' }],
      labels: { host: 'db1', severity: 'critical' },
      customDetails: lost,
    });
    const found = { host: 'db1', severity: 'info', status: { text: 'reachable' } };
    expect(eventOf(netdata, found)).toMatchObject({ eventType: 'RESOLVE', summary: 'db1 is reachable', alertKey: 'db1/reachability' });
  });

  it('is answered with the token under the shared secret', () => {
    const hmacBase64 = (text: string): string => createHmac('sha256', 'secret').update(text).digest('base64');
    expect(netdataChallengeAnswer('what do ya want for nothing?', (text) => `<${text}>`)).toEqual({
      response_token: 'sha256=<what do ya want for nothing?>',
    });
    expect(netdataChallengeAnswer('token', hmacBase64).response_token).toMatch(/^sha256=[A-Za-z0-9+/]{43}=$/);
  });
});

describe('a body that Netdata does not send', () => {
  it.each([
    ['', /^invalid body: must be the object that Netdata posts/],
    ['{ broken', /^invalid body:/],
    [{ severity: 'critical' }, /^invalid alert: is required/],
    [{ alert: 'a', severity: 'loud' }, /^invalid severity: must be one of warning, critical/],
    [{ status: {} }, /^invalid host: is required/],
    [{ host: 'h', status: {} }, /^invalid status.reachable: must be true or false/],
  ])('is refused with the field and the fix: %j', (body, refusal) => {
    expect(refusalOf(netdata, body)).toMatch(refusal);
  });
});
