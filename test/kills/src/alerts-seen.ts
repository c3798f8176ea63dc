import type { SeenAlert, SeenNotification } from './audit';

const PAGE = 100;

/** All alerts as the API has them, each with whom it was told to. */
export const alertsSeenBy = async (get: <Body>(path: string) => Promise<Body>): Promise<readonly SeenAlert[]> => {
  const listed: Omit<SeenAlert, 'notifications'>[] = [];
  for (let page: typeof listed = [], index = 0; index === 0 || page.length === PAGE; index += PAGE) {
    page = await get(`/api/alerts?start-index=${index}&max-results=${PAGE}`);
    listed.push(...page);
  }
  const alerts: SeenAlert[] = [];
  // An alert that moves to the next page while pages are read is seen twice.
  const distinct = new Map(listed.map((alert) => [alert.id, alert]));
  for (const { id, alertKey, status } of distinct.values())
    alerts.push({ id, alertKey, status, notifications: await get<SeenNotification[]>(`/api/alerts/${id}/notifications`) });
  return alerts;
};
