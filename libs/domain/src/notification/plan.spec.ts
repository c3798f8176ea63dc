import type { AlertEvent } from '../alert/alert-events';
import type { AlertId, ContactId, PreferenceId, UserId } from '../ids';
import { emailContact, person, phoneContact, preference, pushDevice, second } from '../testing/notification-builders';
import {
  mergePages,
  notificationStream,
  planLastResort,
  planNotifications,
  unreachableBecause,
  type PlanQuestion,
  type UnsentPage,
} from './plan';
import { stoppedBy } from './wanted';

const question = (changes: Partial<PlanQuestion> = {}): PlanQuestion => ({
  user: person(),
  priority: 'HIGH',
  activatedAt: second(0),
  canSend: () => true,
  ...changes,
});
const planFor = (user: PlanQuestion['user'], changes: Partial<PlanQuestion> = {}) => planNotifications(question({ user, ...changes }));

describe('the plan for a person who became responder', () => {
  it('has one item per preference of the priority, soonest first', () => {
    const user = person({
      contacts: [emailContact(1), phoneContact(2)],
      alertPreferences: [
        preference(11, 'VOICE', 2, { delayMin: 5 }),
        preference(12, 'EMAIL', 1),
        preference(13, 'EMAIL', 1, { type: 'LOW_PRIORITY' }),
      ],
    });
    expect(planFor(user)).toEqual({
      planned: [
        { preferenceId: 12, method: 'EMAIL', contactId: 1, dueAt: second(0) },
        { preferenceId: 11, method: 'VOICE', contactId: 2, dueAt: second(300) },
      ],
      unusable: [],
    });
    expect(planFor(user, { priority: 'LOW' }).planned).toEqual([{ preferenceId: 13, method: 'EMAIL', contactId: 1, dueAt: second(0) }]);
  });
  it('needs no contact for a push, but a device', () => {
    const user = person({ alertPreferences: [preference(11, 'PUSH')] });
    expect(planFor(user)).toEqual({ planned: [], unusable: [{ preferenceId: 11, method: 'PUSH', reason: 'no-device' }] });
    expect(planFor({ ...user, pushDevices: [pushDevice(1), pushDevice(2)] }).planned).toEqual([
      { preferenceId: 11, method: 'PUSH', dueAt: second(0) },
    ]);
  });
  it.each([
    ['contact-missing', preference(11, 'SMS', 9)],
    ['contact-of-other-kind', preference(11, 'SMS', 1)],
    ['contact-not-verified', preference(11, 'SMS', 2)],
    ['contact-locked', preference(11, 'SMS', 3)],
    ['contact-blacklisted', preference(11, 'SMS', 4)],
  ])('tells %s of a preference that cannot be used', (reason, unusable) => {
    const contacts = [
      emailContact(1),
      phoneContact(2, { verified: false }),
      phoneContact(3, { status: 'LOCKED' }),
      phoneContact(4, { status: 'BLACKLISTED' }),
    ];
    const plan = planFor(person({ contacts, alertPreferences: [unusable] }));
    expect(plan).toMatchObject({ planned: [], unusable: [{ preferenceId: 11, reason }] });
  });
  it('leaves out what is due within a mute and keeps what is due after it', () => {
    const user = person({
      mutedUntil: second(60),
      contacts: [emailContact(1)],
      alertPreferences: [preference(11, 'EMAIL', 1), preference(12, 'EMAIL', 1, { delayMin: 1 })],
    });
    expect(planFor(user)).toMatchObject({ planned: [{ preferenceId: 12 }], unusable: [{ preferenceId: 11, reason: 'muted' }] });
  });
});

describe('a person whom nothing would reach (B11)', () => {
  const user = person({ contacts: [emailContact(1)], alertPreferences: [preference(11, 'EMAIL', 1)] });
  it.each([
    [undefined, question({ user })],
    ['no-preference', question({ user, priority: 'LOW' })],
    ['muted', question({ user: { ...user, mutedUntil: second(1) } })],
    ['no-provider', question({ user, canSend: () => false })],
    ['no-verified-contact', question({ user: { ...user, contacts: [emailContact(1, { verified: false })] } })],
  ])('is unreachable because: %s', (why, asked) => expect(unreachableBecause(asked)).toBe(why));
});

describe('pages of one alert to the same person (B8)', () => {
  const sms = (activation: number, seconds: number, changes: Partial<UnsentPage> = {}): UnsentPage => ({
    stream: notificationStream(4711 as AlertId, activation, 8 as PreferenceId),
    userId: 1 as UserId,
    round: 1,
    activation,
    method: 'SMS',
    contactId: 3 as ContactId,
    dueAt: second(seconds),
    ...changes,
  });
  it('have a stream per activation and preference', () => expect(sms(2, 0).stream).toBe('notification-4711-2-8'));
  it('merge within a minute into the newer one at the earlier time', () => {
    expect(mergePages(sms(2, 60), [sms(1, 0)])).toEqual({ dueAt: second(0), replaced: [sms(1, 0)] });
    expect(mergePages(sms(2, 0), [sms(1, 60)])).toEqual({ dueAt: second(0), replaced: [sms(1, 60)] });
  });
  it.each([
    ['are more than a minute apart', sms(1, 60.001)],
    ['go by another method', sms(1, 0, { method: 'VOICE' })],
    ['go to another contact', sms(1, 0, { contactId: 4 as ContactId })],
    ['go to another person', sms(1, 0, { userId: 2 as UserId })],
    ['belong to another round, whose pages a reassignment cancels', sms(1, 0, { round: 0 })],
    ['belong to the same activation', sms(2, 0)],
    ['are newer', sms(3, 0)],
  ])('stay apart when they %s', (_why, other) => expect(mergePages(sms(2, 0), [other])).toEqual({ dueAt: second(0), replaced: [] }));
});

describe('a page that was planned from fact 5 of its alert', () => {
  const alertId = 4711 as AlertId;
  const [ana, ben] = [1 as UserId, 2 as UserId];
  const by = (userId: UserId) => ({ type: 'user', userId }) as const;
  const at = second(0);
  const accepted: AlertEvent = { type: 'AlertAccepted', data: { alertId, at, by: by(ben), round: 1 } };
  const acceptedToo = (userId: UserId): AlertEvent => ({ type: 'ResponderAccepted', data: { alertId, at, by: by(userId), round: 1 } });
  const escalated = (userId: UserId): AlertEvent => ({
    type: 'EscalationRequested',
    data: { alertId, at, by: by(userId), round: 1, to: { pass: 1, level: 1 } },
  });
  const removed = (userId: UserId): AlertEvent => ({ type: 'ResponderRemoved', data: { alertId, at, by: by(ben), userId } });
  const resolved: AlertEvent = { type: 'AlertResolved', data: { alertId, at, by: by(ben), cause: 'user' } };
  const assigned: AlertEvent = {
    type: 'AlertAssigned',
    data: { alertId, at, by: by(ben), round: 2, to: { type: 'user', userId: ben }, activation: 2, priority: 'HIGH' },
  };
  const stopped = (event: AlertEvent, revision = 6) => stoppedBy({ userId: ana, alertRevision: 5 }, [{ revision, event }]);

  it('is stopped by an acceptance after it, not by one before it (B9)', () => {
    expect(stopped(accepted)).toBe('accepted');
    expect(stopped(accepted, 4)).toBeUndefined();
  });
  it('is stopped by a resolution whenever', () => {
    expect(stopped(resolved)).toBe('resolved');
    expect(stopped(resolved, 4)).toBe('resolved');
  });
  it('is stopped by an assignment (B10)', () => expect(stopped(assigned)).toBe('reassigned'));
  it.each([
    ['accepts too', acceptedToo, 'accepted'],
    ['escalates', escalated, 'escalated'],
    ['is removed', removed, 'responder-removed'],
  ] as const)('is stopped when its person %s, not when another one does', (_what, event, reason) => {
    expect(stopped(event(ana))).toBe(reason);
    expect(stopped(event(ben))).toBeUndefined();
  });
  it('keeps the first reason', () => {
    const facts = [accepted, resolved].map((event, index) => ({ revision: 6 + index, event }));
    expect(stoppedBy({ userId: ana, alertRevision: 5 }, facts)).toBe('accepted');
  });
});

describe('a person who chose Slack', () => {
  const user = person({ alertPreferences: [preference(11, 'SLACK')] });

  it('needs no contact, but an account that is linked', () => {
    expect(planFor(user)).toEqual({ planned: [], unusable: [{ preferenceId: 11, method: 'SLACK', reason: 'no-slack-account' }] });
    expect(planFor({ ...user, slackAccount: { teamId: 'T1', userId: 'U1' } }).planned).toEqual([
      { preferenceId: 11, method: 'SLACK', dueAt: second(0) },
    ]);
  });
});

describe('a person who chose Telegram', () => {
  const user = person({ alertPreferences: [preference(11, 'TELEGRAM', 2)], contacts: [emailContact(1, { verified: false })] });
  const account = { method: 'TELEGRAM', id: '47', address: '47', linkedAt: second(0) } as const;
  const linked = person({ ...user, chatAccounts: [account] });
  const closed = person({ ...user, chatAccounts: [{ ...account, closed: { reason: 'blocked', at: second(1) } }] });
  const why = (who: typeof user) => [planFor(who).unusable[0]?.reason, unreachableBecause(question({ user: who }))];

  it('needs an account that is linked, whatever contact was named', () => {
    expect(why(user)).toEqual(['no-chat-account', 'no-chat-account']);
    expect(planFor(linked).planned).toEqual([{ preferenceId: 11, method: 'TELEGRAM', contactId: 2, dueAt: second(0) }]);
  });
  it('is not reached where the bot may not write any more', () => {
    expect(why(closed)).toEqual(['chat-account-closed', 'chat-account-closed']);
    expect(planLastResort(question({ user: linked })).map(({ method }) => method)).toEqual(['TELEGRAM']);
    expect(planLastResort(question({ user: closed }))).toEqual([]);
  });
});

describe('the last resort for a person', () => {
  it('is every device, too', () => {
    expect(planLastResort(question({ user: person({ pushDevices: [pushDevice(1)] }) }))).toEqual([{ method: 'PUSH', dueAt: second(0) }]);
  });

  it('is their Slack account, too', () => {
    const user = person({ slackAccount: { teamId: 'T1', userId: 'U1' } });
    expect(planLastResort(question({ user }))).toEqual([{ method: 'SLACK', dueAt: second(0) }]);
  });

  it('is every verified contact that something can send to, whatever was chosen or muted (B11)', () => {
    const user = person({
      contacts: [emailContact(1), phoneContact(2), emailContact(3, { verified: false }), phoneContact(4, { status: 'BLACKLISTED' })],
      alertPreferences: [],
      mutedUntil: second(3_600),
    });
    expect(planLastResort(question({ user }))).toEqual([
      { method: 'EMAIL', contactId: 1, dueAt: second(0) },
      { method: 'SMS', contactId: 2, dueAt: second(0) },
      { method: 'VOICE', contactId: 2, dueAt: second(0) },
    ]);
    expect(planLastResort(question({ user, canSend: (method) => method === 'EMAIL' }))).toHaveLength(1);
  });

  it('is a call where nothing else can be sent to them (B11)', () => {
    const user = person({ contacts: [phoneContact(2)], alertPreferences: [] });
    expect(planLastResort(question({ user, canSend: (method) => method === 'VOICE' }))).toEqual([
      { method: 'VOICE', contactId: 2, dueAt: second(0) },
    ]);
  });
});
