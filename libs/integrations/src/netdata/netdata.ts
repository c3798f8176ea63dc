import type { MappedEvent, ToolEventType } from '@tocsin/contracts';
import { boundedEvent } from '../bounds';
import type { Integration } from '../integration';
import { firstText, invalid, isPayload, oneLine, parsedJson, textOf, webLinks } from '../payload';
import type { Payload } from '../payload';
import { parseLenientObject } from './lenient-json';

const bodyOf = (body: unknown): Payload => {
  const value = typeof body === 'string' ? (parsedJson(body) ?? parseLenientObject(body)) : body;
  if (!isPayload(value)) throw invalid('body', 'must be the object that Netdata posts');
  return value;
};

/** Parts keep their own slashes apart from ours, so that two alerts never share a key by accident. */
const keyOf = (...parts: readonly string[]): string => parts.map((part) => part.replaceAll('%', '%25').replaceAll('/', '%2F')).join('/');

const meanings: ReadonlyMap<string, ToolEventType | 'nothing'> = new Map<string, ToolEventType | 'nothing'>([
  ['warning', 'ALERT'],
  ['critical', 'ALERT'],
  ['clear', 'RESOLVE'],
  ['resolved', 'RESOLVE'],
  // States of an alert that was just loaded or taken away: nothing was measured.
  ['removed', 'nothing'],
  ['undefined', 'nothing'],
  ['uninitialized', 'nothing'],
]);

const labelsOf = (texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''));

const listOf = (texts: Readonly<Record<string, string>>): string =>
  Object.entries(texts)
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `- ${name}: ${text}`)
    .join('\n');

/** The agent's message is only "is critical" or "needs attention": the host, the chart and the value are put around it. */
const alertSummary = (body: Payload, host: string, alert: string): string => {
  const message = textOf(body.message);
  const says = message.toLowerCase();
  if (says.includes(alert.toLowerCase()) || (host !== '' && says.includes(host.toLowerCase()))) return oneLine(message);
  const value = textOf(body.value);
  const what = [textOf(body.chart), value === '' ? alert : `${alert} = ${value}`].filter((part) => part !== '').join(', ');
  return oneLine(`${host} ${firstText(message, `is ${textOf(body.severity).toLowerCase()}`)}: ${what}`);
};

/** An alert of an agent or of Netdata Cloud's generic webhook. The numeric id can change and is not used (B21). */
const alertEvent = (body: Payload): MappedEvent | undefined => {
  const alert = firstText(body.alert, body.alarm);
  if (alert === '') throw invalid('alert', 'is required; send the name of the alert');
  const severity = textOf(body.severity).toLowerCase();
  const meaning = meanings.get(severity);
  if (meaning === undefined) throw invalid('severity', `must be one of ${[...meanings.keys()].join(', ')}`);
  if (meaning === 'nothing') return undefined;
  const host = textOf(body.host);
  const [chart, context, family, space] = [body.chart, body.context, body.family, body.space].map(textOf) as [
    string,
    string,
    string,
    string,
  ];
  return {
    eventType: meaning,
    summary: alertSummary(body, host, alert),
    details: [
      textOf(body.info),
      listOf({
        value: textOf(body.value),
        duration: textOf(body.duration),
        'other critical alerts on the node': firstText(body.total_critical, body.additional_active_critical_alerts),
        'other warnings on the node': firstText(body.total_warnings, body.additional_active_warning_alerts),
        defined: textOf(body.src),
      }),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
    // Cloud's alerts name no host; its space is the nearest there is.
    alertKey: keyOf(host === '' ? space : host, chart, alert),
    links: webLinks(firstText(body.alert_url, body.alarm_url), 'Netdata'),
    labels: labelsOf({ host, chart, alert, severity, context, family, class: textOf(body.class), space }),
    customDetails: body,
  };
};

/** Cloud lost or found a node. */
const reachabilityEvent = (body: Payload, status: Payload): MappedEvent => {
  const host = textOf(body.host);
  if (host === '') throw invalid('host', 'is required; send the host that is or is not reachable');
  const text = textOf(status.text).toLowerCase();
  const reachable =
    typeof status.reachable === 'boolean' ? status.reachable : text === 'reachable' ? true : text === 'unreachable' ? false : undefined;
  if (reachable === undefined) throw invalid('status.reachable', 'must be true or false');
  return {
    eventType: reachable ? 'RESOLVE' : 'ALERT',
    summary: oneLine(firstText(body.message, `${host} is ${reachable ? 'reachable' : 'unreachable'}`)),
    alertKey: keyOf(host, 'reachability'),
    links: webLinks(body.url, 'Netdata'),
    labels: labelsOf({ host, severity: textOf(body.severity).toLowerCase() }),
    customDetails: body,
  };
};

/** Netdata agents (their script posts almost-JSON) and Netdata Cloud's generic webhook. */
export const netdata: Integration = {
  type: 'NETDATA',
  slug: 'netdata',
  name: 'Netdata',
  map: (request) => {
    const body = bodyOf(request.body);
    const event = isPayload(body.status) ? reachabilityEvent(body, body.status) : alertEvent(body);
    return event === undefined ? [] : [boundedEvent(event)];
  },
};
