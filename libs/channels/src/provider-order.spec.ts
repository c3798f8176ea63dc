import { instant } from '@tocsin/domain';
import type { Instant } from '@tocsin/domain';
import type { Channel, SendOutcome } from './channel';
import { ProviderHealth } from './provider-health';
import { isOtherLeft, providersToAsk } from './provider-order';
import type { OrderQuestion } from './provider-order';

const channels = ['twilio', 'gateway', 'third'].map((provider) => ({ provider }) as Channel);
const asked = (question: Partial<OrderQuestion> = {}): readonly string[] =>
  providersToAsk(channels, { route: [], failedInRound: [], refusedBy: [], isDown: () => false, ...question }).map(
    ({ provider }) => provider,
  );

describe('the provider that is asked', () => {
  it('is the first one that is registered', () => expect(asked()).toEqual(['twilio', 'gateway', 'third']));
  it('is the first choice of the route', () => expect(asked({ route: ['third', 'gateway'] })).toEqual(['third', 'gateway', 'twilio']));
  it('is not one that failed in this round while others are left', () =>
    expect(asked({ route: ['twilio'], failedInRound: ['twilio'] })).toEqual(['gateway', 'third', 'twilio']));
  it('is one that is down only when all others failed', () => {
    expect(asked({ isDown: (provider) => provider === 'twilio' })).toEqual(['gateway', 'third', 'twilio']);
    expect(asked({ isDown: (provider) => provider === 'twilio', failedInRound: ['gateway', 'third'] })[0]).toBe('twilio');
  });
  it('is never one that said no for good', () => expect(asked({ refusedBy: ['twilio', 'third'] })).toEqual(['gateway']));
});

describe('after a provider failed', () => {
  const left = (failedInRound: readonly string[], refusedBy: readonly string[] = []): boolean =>
    isOtherLeft(channels, 'twilio', { failedInRound, refusedBy });
  it('others are left until each of them has failed', () => {
    expect(left([])).toBe(true);
    expect(left(['gateway', 'third'])).toBe(false);
    expect(left(['gateway'], ['third'])).toBe(false);
  });
});

describe('a provider', () => {
  let now: Instant;
  let health: ProviderHealth;
  const failed: SendOutcome = { type: 'failed', permanent: false, reason: 'HTTP 503' };
  beforeEach(() => {
    now = instant(1_000_000);
    health = new ProviderHealth({ now: () => now } as never);
  });
  const record = (...outcomes: readonly SendOutcome[]): void => outcomes.forEach((outcome) => health.record('twilio', outcome));

  it('is down after three failures in a row, for a minute', () => {
    record(failed, failed);
    expect(health.isDown('twilio')).toBe(false);
    record({ type: 'unknown', reason: 'timeout' });
    expect(health.isDown('twilio')).toBe(true);
    now = instant(1_060_000);
    expect(health.isDown('twilio')).toBe(false);
    record(failed);
    expect(health.isDown('twilio')).toBe(true);
  });
  it('that wants to be left alone is down for as long, the longest that it asked for', () => {
    record({ ...failed, retryAfterMs: 30_000 }, { ...failed, retryAfterMs: 1_000 });
    now = instant(1_029_999);
    expect(health.isDown('twilio')).toBe(true);
    now = instant(1_030_000);
    expect(health.isDown('twilio')).toBe(false);
  });
  it('that wants to be left alone still does when it takes what it was asked before', () => {
    record({ ...failed, retryAfterMs: 20_000 }, { type: 'handed-over', receiptExpected: true });
    expect(health.isDown('twilio')).toBe(true);
    now = instant(1_020_000);
    expect(health.isDown('twilio')).toBe(false);
    record(failed, failed);
    expect(health.isDown('twilio')).toBe(false);
  });
  it.each([
    ['takes a message', { type: 'handed-over', receiptExpected: true }],
    ['refuses a message for good', { type: 'failed', permanent: true, reason: 'no such number' }],
  ] as const)('is up again when it %s', (_name, outcome) => {
    record(failed, failed, failed, outcome, failed);
    expect(health.isDown('twilio')).toBe(false);
  });
});
