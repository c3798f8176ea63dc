import { World } from './world';

let world: World;
beforeAll(async () => void (world = await World.start()));
afterAll(() => world.stop());

/** Of several processes each names only what it has counted, in the order of its own counting. */
const shown = async (name: string): Promise<readonly string[]> => (await world.metric(name)).toSorted();

describe('the metrics of a night', () => {
  it('tell of intake, alerts, escalation, notifications and messages, and name nobody', async () => {
    const key = await world.source(await world.policy([{ targets: [{ type: 'user', userId: await world.person('ana') }], timeoutMin: 5 }]));
    await world.event(key, { summary: 'disk full', alertKey: 'disk' });
    await world.event(key, { eventType: 'RESOLVE', alertKey: 'unknown' });
    await world.event('til1nobody', { summary: 'disk full' });
    await world.advance('5m');
    expect(await shown('tocsin_intake_requests_total')).toEqual([
      'tocsin_intake_requests_total{integration="API",outcome="taken"} 2',
      'tocsin_intake_requests_total{integration="API",outcome="unknown-key"} 1',
    ]);
    expect(await shown('tocsin_tool_events_total')).toEqual([
      'tocsin_tool_events_total{outcome="opened",reason="none"} 1',
      'tocsin_tool_events_total{outcome="without-effect",reason="no-open-alert"} 1',
    ]);
    expect(await shown('tocsin_alerts_opened_total')).toEqual(['tocsin_alerts_opened_total{priority="HIGH"} 1']);
    expect(await shown('tocsin_alerts_open')).toEqual([
      'tocsin_alerts_open{status="ACCEPTED"} 0',
      'tocsin_alerts_open{status="PENDING"} 1',
    ]);
    expect(await shown('tocsin_escalations_unanswered_total')).toEqual(['tocsin_escalations_unanswered_total 1']);
    // Ana, and the administrator at the end.
    expect(await shown('tocsin_notifications_total')).toEqual([
      'tocsin_notifications_total{method="EMAIL",outcome="sent",reason="none"} 2',
    ]);
    expect(await shown('tocsin_timer_lateness_seconds')).toContain('tocsin_timer_lateness_seconds{timers="notifications"} 0');
    expect(await shown('tocsin_consumer_lag_messages')).toContain('tocsin_consumer_lag_messages{topic="tool-events",group="alerts"} 0');
    expect(await shown('tocsin_consumer_oldest_unprocessed_seconds')).toContain(
      'tocsin_consumer_oldest_unprocessed_seconds{topic="alert-facts",group="notifications"} 0',
    );
    expect(await shown('tocsin_relay_lag_seconds')).toEqual(['tocsin_relay_lag_seconds 0']);
    expect((await shown('tocsin_messages_total')).join('\n')).toContain('{topic="alert-facts",group="escalation",outcome="handled"}');
  });
});
