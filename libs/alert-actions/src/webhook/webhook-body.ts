import { toIso } from '@tocsin/domain';
import type { ActionCall } from '../action-kind';

/** What is sent without a template. */
export const usualBody = ({ alert, trigger, channelId }: ActionCall): string => {
  const { id, alertKey, status, summary, details, priority, reportTime, source, assignedTo } = alert;
  return JSON.stringify({
    id: String(id),
    status,
    summary,
    details: details ?? '',
    reportTime: toIso(reportTime),
    eventType: trigger,
    priority,
    alertKey: alertKey ?? null,
    alertSource: source,
    assignedTo: assignedTo ?? null,
    ...(channelId === undefined ? {} : { channelId }),
  });
};
