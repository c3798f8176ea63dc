import { invalid, isPayload, textOf, textsOf } from '../payload';
import type { Payload } from '../payload';

type Texts = Readonly<Record<string, string>>;

export interface AlertmanagerAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Texts;
  readonly annotations: Texts;
  readonly startsAt: string;
  readonly fingerprint: string;
  readonly generatorURL: string;
  /** All that was sent, for the fields that only some senders have. */
  readonly sent: Payload;
}

/** One group as Alertmanager's webhook (version 4) posts it; Grafana's unified alerting extends the same body. */
export interface AlertmanagerGroup {
  readonly groupKey: string;
  /** How many of the group's alerts the sender left out (its `max_alerts`). */
  readonly truncatedAlerts: number;
  readonly groupLabels: Texts;
  readonly commonLabels: Texts;
  readonly commonAnnotations: Texts;
  readonly externalURL: string;
  readonly alerts: readonly AlertmanagerAlert[];
}

const parseAlert = (value: unknown, index: number): AlertmanagerAlert => {
  const field = `alerts.${index}`;
  if (!isPayload(value)) throw invalid(field, 'must be an object');
  const status = textOf(value.status).toLowerCase();
  if (status !== 'firing' && status !== 'resolved') throw invalid(`${field}.status`, 'must be firing or resolved');
  return {
    status,
    labels: textsOf(value.labels, `${field}.labels`),
    annotations: textsOf(value.annotations, `${field}.annotations`),
    startsAt: textOf(value.startsAt),
    fingerprint: textOf(value.fingerprint),
    generatorURL: textOf(value.generatorURL),
    sent: value,
  };
};

/** @throws Rejection `invalid` */
export const parseGroup = (body: Payload): AlertmanagerGroup => {
  const groupKey = textOf(body.groupKey);
  if (groupKey === '') throw invalid('groupKey', 'is required; send the webhook body unchanged');
  const alerts = body.alerts ?? [];
  if (!Array.isArray(alerts)) throw invalid('alerts', 'must be a list');
  const truncatedAlerts = Number(textOf(body.truncatedAlerts));
  return {
    groupKey,
    truncatedAlerts: truncatedAlerts > 0 ? truncatedAlerts : 0,
    groupLabels: textsOf(body.groupLabels, 'groupLabels'),
    commonLabels: textsOf(body.commonLabels, 'commonLabels'),
    commonAnnotations: textsOf(body.commonAnnotations, 'commonAnnotations'),
    externalURL: textOf(body.externalURL),
    alerts: (alerts as readonly unknown[]).map(parseAlert),
  };
};
