import { rejected } from '@tocsin/domain';
import type { AlertSource, Rejection, StoredSecret } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { hashSecret, newIntegrationKey, SecretBox } from '@tocsin/platform';
import { hasRole } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';

/** What stands in a URL as it is, is too long to be guessed, and is no id. */
const BROUGHT_KEY = /^[A-Za-z0-9_-]{20,200}$/;

/**
 * The keys of new sources: made here, or brought along from where the tools were connected before, so that their webhooks
 * need another host name and nothing else. A refusal never repeats a key.
 */
export class IntegrationKeys {
  constructor(
    private readonly configuration: ConfigurationReader,
    private readonly secrets: SecretBox,
  ) {}

  /** Only an administrator brings a key: how well it can be guessed is then theirs to answer for. @throws Rejection `forbidden`, `invalid`, `already-exists` */
  forNew(integrationType: string, brought: string | undefined, { role }: Principal): StoredSecret {
    if (brought === undefined) return this.stored(newIntegrationKey(integrationType));
    const instead = 'leave it out to be given a new one';
    if (!hasRole(role, 'ADMIN')) throw refused('forbidden', `only an administrator may bring a key along; ${instead}`);
    if (!BROUGHT_KEY.test(brought)) throw refused('invalid', `must be 20 to 200 letters, digits, - and _; ${instead}`);
    if (this.configuration.find('source', 'integrationKeyHash', hashSecret(brought)) !== undefined)
      throw refused('already-exists', `another alert source has this key; ${instead}`);
    return this.stored(brought);
  }

  /** Clients send back what they read, so that the source's own key is no change. @throws Rejection `invalid` */
  refuseOther(current: AlertSource, sent: string | undefined): void {
    if (sent === undefined || hashSecret(sent) === current.integrationKey.hash) return;
    throw refused('invalid', 'cannot be changed: leave it out, or create another alert source with it');
  }

  private stored(key: string): StoredSecret {
    return { hash: hashSecret(key), cipher: this.secrets.encrypt(key) };
  }
}

const refused = (code: 'forbidden' | 'invalid' | 'already-exists', why: string): Rejection =>
  rejected(code, `integrationKey: ${why}`, { field: 'integrationKey', message: why });
