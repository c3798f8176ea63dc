import { inOrder, wayKey, wayOfKey, waysOf } from '../../page/rule-ways.js';

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
