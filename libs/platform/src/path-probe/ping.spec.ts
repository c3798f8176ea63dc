import { HeartbeatMonitor } from '@tocsin/testing';
import { ping } from './ping';

let monitor: HeartbeatMonitor;
beforeEach(async () => void (monitor = await HeartbeatMonitor.start()));
afterEach(() => monitor.stop());

const never = new AbortController().signal;

describe('a ping', () => {
  it('asks for exactly the URL it was given', async () => {
    expect(await ping(`${monitor.url}/s3cret/?every=60`, never)).toBeUndefined();
    expect(monitor.pings).toEqual(['GET /s3cret/?every=60']);
  });

  it('says the status when it was not taken', async () => {
    monitor.answer = 500;
    expect(await ping(`${monitor.url}/s3cret`, never)).toBe('status 500');
  });

  it('is not sent on to where the answer points', async () => {
    monitor.answer = 302;
    expect(await ping(`${monitor.url}/s3cret`, never)).toBe('redirect (302)');
    expect(monitor.pings).toEqual(['GET /s3cret']);
  });

  it('is given up when no answer comes in time', async () => {
    monitor.answer = 'never';
    expect(await ping(`${monitor.url}/s3cret`, never, 50)).toBe('timeout');
  });

  it('is given up at once when whoever sent it stops', async () => {
    monitor.answer = 'never';
    const stopping = new AbortController();
    const pinging = ping(`${monitor.url}/s3cret`, stopping.signal);
    await monitor.pinged(1);
    stopping.abort();
    expect(await pinging).toBe('stopped');
  });

  it('says of a target that is not there nothing of where it is', async () => {
    const gone = await HeartbeatMonitor.start();
    const { url } = gone;
    await gone.stop();
    expect(await ping(`${url}/s3cret`, never)).toBe('ECONNREFUSED');
    expect(await ping('http://nobody.invalid/s3cret', never)).not.toContain('nobody');
  });
});
