import { KafkaBroker } from '@tocsin/testing';
import { Member } from '../member.contract';
import { outgoing } from '../testing/messages';
import { onKafka } from '../testing/on-kafka';

const USER = { username: 'tocsin', password: 'a long password' };
const THINGS = { name: 'things', compacted: false, retentionDays: 7 };

describe('brokers that want encryption and a password', () => {
  let broker: KafkaBroker;
  beforeAll(async () => void (broker = await KafkaBroker.start({ secure: USER })));
  afterAll(() => broker.stop());

  const busWith = (password: string, trusted: boolean) =>
    onKafka({
      at: broker.secure.brokers,
      publishTimeoutMs: 2_000,
      tls: trusted ? { ca: broker.secure.ca } : {},
      sasl: { mechanism: 'scram-sha-512', username: USER.username, password },
    });

  it('are published to and read from with both', async () => {
    const bus = busWith(USER.password, true);
    await bus.declare([THINGS]);
    const sent = outgoing({ key: 'k' });
    await bus.publish('things', [sent]);
    const member = await Member.connect(bus, 'things', 'g');
    await member.until((received) => received.length === 1);
    expect(member.received[0]?.id).toBe(sent.id);
    await member.close();
    await bus.close();
  });

  it.each([
    ['a wrong password', 'another password', true],
    ['a certificate nobody vouches for', USER.password, false],
  ])('cannot be used with %s, which is said in time', async (_, password, trusted) => {
    const bus = busWith(password, trusted);
    const unavailable = { name: 'MessageBusFault', reason: 'unavailable', retriable: true };
    await expect(bus.publish('things', [outgoing()])).rejects.toMatchObject(unavailable);
    await expect(bus.connect('things', 'g', { receive: async () => undefined, revoked: async () => undefined })).rejects.toMatchObject({
      name: 'MessageBusFault',
      retriable: true,
    });
    await bus.close();
  });
});
