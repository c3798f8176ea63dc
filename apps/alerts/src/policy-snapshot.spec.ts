import type { AlertSource, ConfigurationKind, EscalationPolicy } from '@tocsin/domain';
import { minute } from '@tocsin/domain/testing';
import { CONFIGURATION_TOPIC, ConfigurationReader } from '@tocsin/messaging';
import type { Message, MessageBus } from '@tocsin/messaging';
import { policyFor, priorityOf } from './policy-snapshot';

const policy = (id: number, routingKey?: string): EscalationPolicy => ({
  id: id as EscalationPolicy['id'],
  name: `policy ${id}`,
  rules: [],
  repeating: false,
  frequency: 1,
  delayMin: 0,
  teamIds: [],
  createdAt: minute(0),
  updatedAt: minute(0),
  ...(routingKey === undefined ? {} : { routingKey }),
});
const source = (more: Partial<AlertSource> = {}): AlertSource => ({
  id: 7 as AlertSource['id'],
  name: 'Monitor',
  integrationType: 'API',
  integrationKey: { hash: 'h', cipher: 'c' },
  escalationPolicyId: 1 as AlertSource['escalationPolicyId'],
  alertCreation: 'ONE_ALERT_PER_EMAIL',
  alertPriorityRule: 'LOW',
  active: true,
  teamIds: [],
  echoed: {},
  createdAt: minute(0),
  updatedAt: minute(0),
  ...more,
});

/** A reader that has read these policies. */
const knowing = async (...policies: readonly EscalationPolicy[]): Promise<ConfigurationReader> => {
  const reader = new ConfigurationReader();
  const kind: ConfigurationKind = 'policy';
  const messages = policies.map((resource, offset) => ({
    topic: CONFIGURATION_TOPIC.name,
    key: `policy-${resource.id}`,
    type: 'ResourceConfigured',
    offset,
    fact: { stream: `policy-${resource.id}`, revision: 0, position: String(offset) },
    data: { kind, resource },
  }));
  await reader.start({
    followCompacted: async (_topic: string, onMessage: (message: Message) => void) => {
      for (const message of messages) onMessage(message as unknown as Message);
      return { upToDate: async () => undefined, close: async () => undefined };
    },
  } as unknown as MessageBus);
  return reader;
};

describe('the policy of an event', () => {
  it.each([
    ['the source`s own without a routing key', undefined, 1],
    ['the source`s own when the key is nobody`s', 'unknown', 1],
    ['the one with its routing key', 'db', 2],
    ['found whatever the case of the key', ' DB ', 2],
    ['of the first key that somebody has', 'unknown, web ,db', 3],
    ['the source`s own when the keys are blank', ' , ,', 1],
  ])('is %s', async (_name, routingKey, expected) => {
    const configuration = await knowing(policy(1), policy(2, 'db'), policy(3, 'web'));
    expect(policyFor(source(), routingKey, configuration)?.policyId).toBe(expected);
  });

  it('is nobody`s when the source`s own is gone', async () => {
    const configuration = await knowing(policy(2, 'db'));
    expect(policyFor(source(), undefined, configuration)).toBeUndefined();
    expect(policyFor(source(), 'db', configuration)?.policyId).toBe(2);
  });
});

describe('the priority of an event (B22)', () => {
  it.each([
    ['API', 'HIGH', 'HIGH'],
    ['API', undefined, 'LOW'],
    ['GRAFANA', 'HIGH', 'HIGH'],
    ['PROMETHEUS', 'HIGH', 'LOW'],
    ['NETDATA', 'HIGH', 'LOW'],
  ] as const)('of a source of type %s that says %s is %s', (integrationType, priority, expected) => {
    expect(priorityOf(source({ integrationType }), priority === undefined ? {} : { priority })).toBe(expected);
  });
});
