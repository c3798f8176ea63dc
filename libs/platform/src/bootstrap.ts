import type { AlertSourceId, ApiKeyId, ContactId, EscalationPolicyId, PreferenceId, User, UserId } from '@tocsin/domain';
import type { Platform } from './platform';
import { hashSecret, newApiKey, newIntegrationKey } from './secrets';

/** The bootstrap's resources have fixed ids, below those that are allocated: of ten replicas one wins, nine do nothing. */
const ADMIN = 1 as UserId;
const POLICY = 1 as EscalationPolicyId;
const SOURCE = 1 as AlertSourceId;
const KEY = 1 as ApiKeyId;

export interface BootstrapSettings {
  /** The administrator's API key; generated when unset. */
  readonly apiKey?: string;
  readonly email: string;
}

/** What a first start has to say once. */
export interface FirstStart {
  readonly adminUserId: UserId;
  /** Only when it was generated. */
  readonly generatedApiKey?: string;
  readonly integrationKey: string;
}

/**
 * What makes an empty Tocsin usable at once: an administrator with an e-mail contact, a policy that names them, an alert
 * source, an API key. `tell` is called unless all of it was there already, right before the key is made: killed before that,
 * the next start completes the rest and tells another key; killed after, the key that was told works.
 */
export const bootstrap = async (
  settings: BootstrapSettings,
  { configuration, configurationStore, secrets, clock }: Pick<Platform, 'configuration' | 'configurationStore' | 'secrets' | 'clock'>,
  tell: (first: FirstStart) => void,
): Promise<void> => {
  // A key that was deleted stays deleted, also when the topic has forgotten it.
  if (configuration.revision('apikey', KEY) >= 0 || (await configurationStore.wasMade('apikey', KEY))) return;
  const now = clock.now();
  const stamp = { createdAt: now, updatedAt: now };
  const context = { requestId: 'bootstrap', actor: { type: 'system', part: 'bootstrap' } } as const;
  await configurationStore.bootstrap('user', { ...administrator(settings.email), ...stamp }, context);
  await configurationStore.bootstrap(
    'policy',
    {
      id: POLICY,
      name: 'Default escalation policy',
      rules: [{ escalationTimeoutMin: 15, targets: [{ type: 'user', userId: ADMIN }] }],
      repeating: true,
      frequency: 9,
      delayMin: 0,
      teamIds: [],
      ...stamp,
    },
    context,
  );
  const integrationKey = newIntegrationKey('API');
  const source = await configurationStore.bootstrap(
    'source',
    {
      id: SOURCE,
      name: 'API',
      integrationType: 'API',
      integrationKey: { hash: hashSecret(integrationKey), cipher: secrets.encrypt(integrationKey) },
      escalationPolicyId: POLICY,
      alertCreation: 'ONE_ALERT_PER_EMAIL',
      alertPriorityRule: 'HIGH',
      active: true,
      teamIds: [],
      echoed: {},
      ...stamp,
    },
    context,
  );
  const apiKey = settings.apiKey ?? newApiKey();
  tell({
    adminUserId: ADMIN,
    ...(settings.apiKey === undefined ? { generatedApiKey: apiKey } : {}),
    integrationKey: secrets.decrypt(source.integrationKey.cipher),
  });
  // Last: its presence says that everything else is there.
  await configurationStore.bootstrap(
    'apikey',
    { id: KEY, name: 'bootstrap', userId: ADMIN, role: 'ADMIN', hash: hashSecret(apiKey), use: 'api', ...stamp },
    context,
  );
};

const administrator = (email: string): Omit<User, 'createdAt' | 'updatedAt'> => ({
  id: ADMIN,
  username: 'admin',
  firstName: 'Admin',
  lastName: 'User',
  email,
  timezone: 'Europe/Berlin',
  language: 'en',
  role: 'ADMIN',
  contacts: [{ id: 1 as ContactId, type: 'email', target: email, status: 'OK', verified: true }],
  alertPreferences: [
    { id: 1 as PreferenceId, type: 'HIGH_PRIORITY', method: 'EMAIL', contactId: 1 as ContactId, delayMin: 0 },
    { id: 2 as PreferenceId, type: 'LOW_PRIORITY', method: 'EMAIL', contactId: 1 as ContactId, delayMin: 0 },
  ],
});
