import { alertsSeenBy } from './alerts-seen';

/** Of an API with so many alerts: what it was asked, and what it says. */
const apiWith = (count: number, statusOf: (id: number) => string = () => 'PENDING') => {
  const asked: string[] = [];
  const get = async (path: string): Promise<unknown> => {
    asked.push(path);
    const { pathname, searchParams } = new URL(path, 'http://here');
    if (pathname !== '/api/alerts') return [{ target: 'ana', status: 'SUCCESS' }];
    const first = Number(searchParams.get('start-index'));
    return Array.from({ length: Math.min(Number(searchParams.get('max-results')), count - first) }, (_, index) => {
      const id = first + index + 1;
      return { id, alertKey: `key-${id}`, status: statusOf(id) };
    });
  };
  return { asked, get: get as <Body>(path: string) => Promise<Body> };
};

describe('what the API shows of alerts', () => {
  it('is all of them, page by page, each with whom it was told to', async () => {
    const alerts = await alertsSeenBy(apiWith(230).get);
    expect(alerts.map(({ id }) => id)).toEqual(Array.from({ length: 230 }, (_, index) => index + 1));
    expect(alerts[229]).toEqual({ id: 230, alertKey: 'key-230', status: 'PENDING', notifications: [{ target: 'ana', status: 'SUCCESS' }] });
  });

  it('is asked again only of those that are new or have another status', async () => {
    const known = new Map((await alertsSeenBy(apiWith(2).get)).map((alert) => [alert.id, alert]));
    const { asked, get } = apiWith(3, (id) => (id === 2 ? 'RESOLVED' : 'PENDING'));
    const alerts = await alertsSeenBy(get, known);
    expect(alerts.map(({ status }) => status)).toEqual(['PENDING', 'RESOLVED', 'PENDING']);
    expect(asked.slice(1)).toEqual(['/api/alerts/2/notifications', '/api/alerts/3/notifications']);
  });
});
