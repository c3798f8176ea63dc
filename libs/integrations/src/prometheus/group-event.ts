import type { MappedEvent, ToolEventType } from '@tocsin/contracts';
import type { EventLink } from '@tocsin/domain';
import { distinctLinks, oneLine, own, webLinks } from '../payload';
import type { Payload } from '../payload';
import { shortened } from '../bounds';
import type { AlertmanagerAlert, AlertmanagerGroup } from './alertmanager-group';

const LISTED_ALERTS = 100;
const LINKED_ALERTS = 10;
const ALERT_TEXT = 8_192;

const isFiring = ({ status }: AlertmanagerAlert): boolean => status === 'firing';

/** Firing before resolved, otherwise as sent: what burns is read first. */
const byUrgency = (alerts: readonly AlertmanagerAlert[]): readonly AlertmanagerAlert[] => [
  ...alerts.filter(isFiring),
  ...alerts.filter((alert) => !isFiring(alert)),
];

const labelList = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .filter(([name]) => name !== 'alertname')
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');

const named = (labels: Readonly<Record<string, string>>): string => {
  const name = own(labels, 'alertname');
  const rest = labelList(labels);
  return name === '' || rest === '' ? name || rest : `${name} (${rest})`;
};

/** Alertmanager's own identity of an alert, or, from senders without it, the labels in one fixed spelling. */
const memberKey = ({ fingerprint, labels }: AlertmanagerAlert): string =>
  fingerprint !== ''
    ? fingerprint
    : `{${Object.entries(labels)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
        .join(',')}}`;

const memberSummary = (alert: AlertmanagerAlert): string =>
  oneLine(own(alert.annotations, 'summary') || named(alert.labels) || memberKey(alert));

const membersOf = (alerts: readonly AlertmanagerAlert[]): NonNullable<MappedEvent['members']> => {
  const members = new Map<string, NonNullable<MappedEvent['members']>[number]>();
  for (const alert of byUrgency(alerts)) {
    const key = memberKey(alert);
    const identity = JSON.stringify([key, alert.startsAt]);
    // One episode named twice, firing and resolved: it counts as firing.
    if (members.has(identity)) continue;
    members.set(identity, { key, episode: alert.startsAt, state: alert.status, summary: memberSummary(alert) });
  }
  return [...members.values()];
};

export const groupSummary = (group: AlertmanagerGroup): string => {
  const [first] = byUrgency(group.alerts);
  const alike = group.alerts.filter(({ status }) => status === first?.status).length;
  const common = own(group.commonAnnotations, 'summary');
  const single = first === undefined ? '' : own(first.annotations, 'summary');
  const summary =
    common ||
    (single !== '' && alike > 1 ? `${single} (+${alike - 1} more)` : single) ||
    named({ alertname: own(group.commonLabels, 'alertname') || own(first?.labels ?? {}, 'alertname'), ...group.groupLabels }) ||
    group.groupKey;
  const project = own(group.commonLabels, 'gcp_project') || own(first?.labels ?? {}, 'gcp_project');
  return oneLine(project === '' || summary.includes(project) ? summary : `${summary} [${project}]`);
};

const alertText = (alert: AlertmanagerAlert): string => {
  const { summary, description, ...annotations } = alert.annotations;
  const lines = [
    `**${alert.status}: ${named(alert.labels) || memberKey(alert)}**`,
    summary,
    description,
    ...Object.entries(annotations).map(([name, value]) => `- ${name}: ${value}`),
    alert.startsAt === '' ? undefined : `- since: ${alert.startsAt}`,
  ];
  return shortened(lines.filter((line) => line !== undefined && line !== '').join('\n'), ALERT_TEXT);
};

/** What must be read before the rest: that the group is larger than what was sent. */
export const truncationNotice = ({ truncatedAlerts }: AlertmanagerGroup): string =>
  truncatedAlerts === 0
    ? ''
    : `${truncatedAlerts} more alerts of this group were left out by the sender (truncatedAlerts); their state is not known here.`;

const groupDetails = (group: AlertmanagerGroup): string => {
  const firing = group.alerts.filter(isFiring).length;
  const unlisted = group.alerts.length - LISTED_ALERTS;
  return [
    truncationNotice(group),
    group.alerts.length === 0 ? '' : `${firing} firing, ${group.alerts.length - firing} resolved`,
    ...byUrgency(group.alerts).slice(0, LISTED_ALERTS).map(alertText),
    unlisted > 0 ? `… and ${unlisted} more alerts (shortened)` : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
};

/** Links that the labels of firing alerts ask for, then where the alert was made. */
export const groupLinks = (group: AlertmanagerGroup, sender: string): readonly EventLink[] => {
  const firing = group.alerts.filter(isFiring).slice(0, LINKED_ALERTS);
  const shown = firing.length > 0 ? firing : group.alerts.slice(0, 1);
  return distinctLinks([
    ...firing.flatMap(({ labels }) => webLinks(own(labels, 'url'), own(labels, 'urlLabel') || 'Link')),
    ...shown.flatMap(({ annotations }) => webLinks(own(annotations, 'runbook_url'), 'Runbook')),
    ...shown.flatMap(({ generatorURL }) => webLinks(generatorURL, 'Source')),
    ...webLinks(group.externalURL, sender),
  ]);
};

const routingKeyOf = (group: AlertmanagerGroup): string | undefined =>
  group.alerts
    .filter(isFiring)
    .map(({ labels }) => own(labels, 'ilert_routingkey'))
    .find((key) => key !== '');

/**
 * What one group says. A member that is firing makes it an ALERT whatever the top says: the sender computes the top state
 * from the alerts it lists, so that neither a list cut short nor an odd sender may look quieter than its members.
 */
export const groupEvent = (group: AlertmanagerGroup, stated: ToolEventType, sent: Payload): MappedEvent => {
  const eventType = stated === 'RESOLVE' && group.alerts.some(isFiring) ? 'ALERT' : stated;
  const carriesMembers = eventType === 'ALERT' || eventType === 'RESOLVE';
  const routingKey = eventType === 'ALERT' ? routingKeyOf(group) : undefined;
  return {
    eventType,
    summary: groupSummary(group),
    details: groupDetails(group),
    alertKey: group.groupKey,
    ...(carriesMembers ? { members: membersOf(group.alerts) } : {}),
    links: groupLinks(group, 'Alertmanager'),
    labels: group.commonLabels,
    customDetails: sent,
    ...(routingKey === undefined ? {} : { routingKey }),
  };
};
