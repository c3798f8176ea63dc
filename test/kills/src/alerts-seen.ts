import type { SeenAlert, SeenNotification } from './audit';

const PAGE = 100;
const AT_ONCE = 16;

/**
 * All alerts as the API has them, each with whom it was told to; that is not asked again of those in `known` whose status is
 * what it was.
 */
export const alertsSeenBy = async (
  get: <Body>(path: string) => Promise<Body>,
  known: ReadonlyMap<number, SeenAlert> = new Map(),
): Promise<readonly SeenAlert[]> => {
  const listed: Omit<SeenAlert, 'notifications'>[] = [];
  for (let page: typeof listed = [], index = 0; index === 0 || page.length === PAGE; index += PAGE) {
    page = await get(`/api/alerts?start-index=${index}&max-results=${PAGE}`);
    listed.push(...page);
  }
  // An alert that moves to the next page while pages are read is seen twice.
  const distinct = [...new Map(listed.map((alert) => [alert.id, alert])).values()];
  const seen = async ({ id, alertKey, status }: (typeof listed)[number]): Promise<SeenAlert> => {
    const before = known.get(id);
    if (before?.status === status) return before;
    return { id, alertKey, status, notifications: await get<SeenNotification[]>(`/api/alerts/${id}/notifications`) };
  };
  const alerts: SeenAlert[] = [];
  for (let index = 0; index < distinct.length; index += AT_ONCE)
    alerts.push(...(await Promise.all(distinct.slice(index, index + AT_ONCE).map(seen))));
  return alerts;
};
