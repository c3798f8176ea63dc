import { addMessagePreference, addPreference, DUTY_MINUTES, Rejection } from '@tocsin/domain';
import type { Contact, NotificationMethod, UpdatePreference, User } from '@tocsin/domain';
import { BEFORE_MIN, inOrder, LONGEST_DELAY_MIN, UPDATES, wayKey, wayOfKey, waysOf } from '../../page/rule-ways.js';

const mail = { id: 1, target: 'ana@example.test', status: 'OK', verified: true };
const number = { id: 2, target: '+4915112345678', status: 'BLACKLISTED', verified: true };
const reach = {
  methods: ['EMAIL', 'SMS', 'VOICE', 'PUSH', 'TELEGRAM'],
  emails: [mail, { ...mail, id: 3, verified: false }],
  phoneNumbers: [number],
  deviceCount: 0,
  chats: [
    { method: 'SLACK', state: 'OK' },
    { method: 'TELEGRAM', state: 'CLOSED' },
  ],
} as unknown as Parameters<typeof waysOf>[0];

const shown = (list: Parameters<typeof waysOf>[1]) => waysOf(reach, list).map((way) => [wayKey(way), way.isUsable]);

describe('the ways that a rule can be made of', () => {
  it('are all that lead somewhere here, with what would come to nothing today', () =>
    expect(shown('alerts')).toEqual([
      ['PUSH', false],
      ['SMS 2', false],
      ['EMAIL 1', true],
      ['EMAIL 3', false],
      ['TELEGRAM', false],
      ['VOICE 2', false],
    ]));

  it('have no call for what is no page, and no chat for what is only followed', () => {
    expect(shown('updates').map(([key]) => key)).toEqual(['PUSH', 'SMS 2', 'EMAIL 1', 'EMAIL 3', 'TELEGRAM']);
    expect(shown('subscriptions').map(([key]) => key)).toEqual(['PUSH', 'SMS 2', 'EMAIL 1', 'EMAIL 3']);
  });

  it('are told to the API as they were chosen', () =>
    expect([wayOfKey('PUSH'), wayOfKey('EMAIL 3')]).toEqual([{ method: 'PUSH' }, { method: 'EMAIL', contact: { id: 3 } }]));
});

describe('the rules of a list', () => {
  it('stand in the order in which they happen', () => {
    const delays = [
      { id: 1, method: 'SMS', delayMin: 5 },
      { id: 3, method: 'EMAIL', delayMin: 0 },
      { id: 2, method: 'PUSH', delayMin: 0 },
    ];
    const duties = [
      { id: 4, method: 'SMS', beforeMin: 0 },
      { id: 5, method: 'SMS', beforeMin: 60 },
    ];
    expect([inOrder(delays), inOrder(duties)].map((rules) => rules.map(({ id }) => id))).toEqual([
      [2, 3, 1],
      [5, 4],
    ]);
  });
});

describe('what the page offers for a rule', () => {
  type List = Parameters<typeof waysOf>[1];
  interface Rule {
    readonly method: string;
    readonly contact?: { readonly id: number };
    readonly delayMin?: number;
    readonly beforeMin?: number;
    readonly type?: string;
  }

  const all: Record<NotificationMethod, true> = {
    ...{ EMAIL: true, SMS: true, PUSH: true, VOICE: true },
    ...{ WHATSAPP: true, TELEGRAM: true, SLACK: true, TEAMS: true },
  };
  const methods = Object.keys(all);
  const email = { id: 1, type: 'email', target: 'ana@example.test', status: 'OK', verified: true };
  const phone = { id: 2, type: 'phone', regionCode: 'DE', target: '+4915112345678', primary: true, status: 'OK', verified: true };
  const ana = {
    id: 7,
    contacts: [email, phone] as unknown as readonly Contact[],
    alertPreferences: [] as User['alertPreferences'],
  } as User;
  const everything = {
    ...{ methods, emails: [email], phoneNumbers: [phone], deviceCount: 1 },
    chats: methods.map((method) => ({ method, state: 'OK' })),
  } as unknown as Parameters<typeof waysOf>[0];

  const isAccepted = (list: List, { method, contact, ...when }: Rule): boolean => {
    const usual = { alerts: { type: 'HIGH_PRIORITY', delayMin: 0 }, updates: { type: 'ALERT_ACCEPTED' }, duties: {}, subscriptions: {} };
    const request = { method, contactId: contact?.id, ...usual[list], ...when } as never;
    const change = { by: { userId: ana.id, role: 'RESPONDER' }, now: 0 } as never;
    try {
      if (list === 'alerts') addPreference(ana, 9 as never, request, change);
      else addMessagePreference(ana, { list, id: 9 as never }, request, change);
      return true;
    } catch (error) {
      if (error instanceof Rejection) return false;
      throw error;
    }
  };

  it.each(['alerts', 'updates', 'duties', 'subscriptions'] as const)('is every way that the list takes, and no other: %s', (list) => {
    const offered = waysOf(everything, list).map((way) => wayOfKey(wayKey(way)));
    expect(offered.filter((way) => !isAccepted(list, way))).toEqual([]);
    const taken = methods.filter((method) =>
      [{}, { contact: email }, { contact: phone }].some((to) => isAccepted(list, { method, ...to })),
    );
    expect(offered.map(({ method }) => method).sort()).toEqual(taken.sort());
  });

  it('is every update', () => {
    const types: Record<UpdatePreference['type'], true> = { ALERT_ACCEPTED: true, ALERT_RESOLVED: true, ALERT_ESCALATED: true };
    expect([...UPDATES].sort()).toEqual(Object.keys(types).sort());
    expect(UPDATES.filter((type: string) => !isAccepted('updates', { method: 'PUSH', type }))).toEqual([]);
  });

  it('is every time before a shift', () => expect(BEFORE_MIN).toEqual(DUTY_MINUTES));

  it('is every delay up to the longest', () =>
    expect([LONGEST_DELAY_MIN, LONGEST_DELAY_MIN + 1].map((delayMin) => isAccepted('alerts', { method: 'PUSH', delayMin }))).toEqual([
      true,
      false,
    ]));
});
