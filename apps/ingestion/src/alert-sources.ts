import { publicSource } from '@tocsin/contracts';
import type { AlertSourceStatus, PublicAlertSource } from '@tocsin/contracts';
import { rejected } from '@tocsin/domain';
import type { AlertSource, Editor } from '@tocsin/domain';
import { integrationByType } from '@tocsin/integrations';
import { ConfigurationReader } from '@tocsin/messaging';
import { hashSecret, SecretBox, SecretUnreadable } from '@tocsin/platform';
import type { PlatformSettings } from '@tocsin/platform';
import { hasRole } from '@tocsin/platform/nest';
import type { Principal } from '@tocsin/platform/nest';
import { openAlertsStatuses, ReadStore } from '@tocsin/read-models';

/** Alert sources as they are found and shown. */
export class AlertSources {
  constructor(
    private readonly parts: {
      readonly configuration: ConfigurationReader;
      readonly readStore: ReadStore;
      readonly secrets: SecretBox;
      readonly settings: PlatformSettings;
    },
  ) {}

  /** By id or by integration key. @throws Rejection `not-found`, MessageBusFault */
  byIdOrKey(idOrKey: string, by: Editor): Promise<AlertSource> {
    const seen = this.parts.configuration.seenBy(by);
    // The key is a secret: what was not found is not repeated.
    return /^\d{1,16}$/.test(idOrKey)
      ? this.found(() => seen.get('source', Number(idOrKey)), `there is no alert source ${idOrKey}`)
      : this.found(
          () => seen.find('source', 'integrationKeyHash', hashSecret(idOrKey)),
          'there is no alert source with this integration key',
        );
  }

  /** @throws Rejection `not-found`, MessageBusFault */
  named(name: string, by: Editor): Promise<AlertSource> {
    const seen = this.parts.configuration.seenBy(by);
    return this.found(() => seen.find('source', 'name', name), `there is no alert source "${name}"`);
  }

  /** @throws ReadStoreFault */
  async list(sources: readonly AlertSource[], principal: Principal): Promise<readonly PublicAlertSource[]> {
    const statuses = await openAlertsStatuses(
      this.parts.readStore,
      sources.map(({ id }) => id),
    );
    return sources.map((source) => this.showWith(source, principal, statuses.get(source.id) ?? 'ALL_RESOLVED'));
  }

  /** @throws ReadStoreFault */
  async show(source: AlertSource, principal: Principal): Promise<PublicAlertSource> {
    const statuses = await openAlertsStatuses(this.parts.readStore, [source.id]);
    return this.showWith(source, principal, statuses.get(source.id) ?? 'ALL_RESOLVED');
  }

  /** One that was made just now: it has no alerts, so that its answer needs no view. */
  showNew(source: AlertSource, principal: Principal): PublicAlertSource {
    return this.showWith(source, principal, 'ALL_RESOLVED');
  }

  private showWith(source: AlertSource, principal: Principal, status: AlertSourceStatus): PublicAlertSource {
    const integrationKey = hasRole(principal.role, 'USER') ? this.keyOf(source) : null;
    return publicSource(
      source,
      { integrationKey, integrationUrl: integrationKey === null ? null : this.urlOf(source, integrationKey), status },
      this.parts.configuration.seenBy(principal),
    );
  }

  /** Null when the secret key that it was encrypted with is lost: tools still get in by it, and everything else can be shown. */
  private keyOf({ integrationKey }: AlertSource): string | null {
    try {
      return this.parts.secrets.decrypt(integrationKey.cipher);
    } catch (error) {
      if (error instanceof SecretUnreadable && error.reason === 'unknown-key') return null;
      throw error;
    }
  }

  private urlOf({ integrationType }: AlertSource, key: string): string {
    return `${this.parts.settings.publicUrl}/api/events/${integrationByType(integrationType)?.slug ?? 'api'}/${key}`;
  }

  /** Perhaps it was made a moment ago, elsewhere: everything configured up to now is read before saying no. */
  private async found(lookUp: () => AlertSource | undefined, missing: string): Promise<AlertSource> {
    const source = await this.parts.configuration.surely(lookUp);
    if (source === undefined) throw rejected('not-found', missing);
    return source;
  }
}
