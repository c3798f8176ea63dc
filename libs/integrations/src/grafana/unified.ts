import type { MappedEvent, ToolEventType } from '@tocsin/contracts';
import type { AlertPriority } from '@tocsin/domain';
import { distinctLinks, firstText, textOf, webLinks } from '../payload';
import type { Payload } from '../payload';
import { parseGroup } from '../prometheus/alertmanager-group';
import type { AlertmanagerAlert } from '../prometheus/alertmanager-group';
import { groupEvent, truncationNotice } from '../prometheus/group-event';

const LINKED_ALERTS = 10;

const alertLinks = ({ sent }: AlertmanagerAlert) => [
  ...webLinks(sent.panelURL, 'Panel'),
  ...webLinks(sent.dashboardURL, 'Dashboard'),
  ...webLinks(sent.silenceURL, 'Silence'),
];

/** Grafana 9 and newer: Alertmanager's body, with a title and a message that Grafana has already rendered. */
export const unifiedEvent = (body: Payload, stated: ToolEventType, priority: AlertPriority | undefined): MappedEvent => {
  const group = parseGroup(body);
  const event = groupEvent(group, stated, body);
  const firing = group.alerts.filter(({ status }) => status === 'firing');
  const shown = (firing.length > 0 ? firing : group.alerts).slice(0, LINKED_ALERTS);
  const message = textOf(body.message);
  const images = shown.flatMap(({ sent }) => webLinks(sent.imageURL, '')).map(({ href }) => ({ src: href }));
  return {
    ...event,
    summary: firstText(body.title, event.summary),
    details: message === '' ? (event.details ?? '') : [truncationNotice(group), message].filter((part) => part !== '').join('\n\n'),
    links: distinctLinks([
      ...shown.flatMap(alertLinks),
      ...(event.links ?? []).map((link) => (link.href === group.externalURL ? { ...link, text: 'Grafana' } : link)),
    ]),
    images,
    ...(priority === undefined ? {} : { priority }),
  };
};
