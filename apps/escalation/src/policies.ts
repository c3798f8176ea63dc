import { rejected, routingKeysIn } from '@tocsin/domain';
import type { Editor, EscalationPolicy, EscalationPolicyId } from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';

/** Escalation policies as they are found. */
export class Policies {
  constructor(private readonly configuration: ConfigurationReader) {}

  /** @throws Rejection `not-found`, MessageBusFault */
  byId(id: EscalationPolicyId, by: Editor): Promise<EscalationPolicy> {
    const seen = this.configuration.seenBy(by);
    return this.found(() => seen.get('policy', id), `there is no escalation policy ${id}`);
  }

  /** @throws Rejection `not-found`, MessageBusFault */
  named(name: string, by: Editor): Promise<EscalationPolicy> {
    const seen = this.configuration.seenBy(by);
    return this.found(() => seen.find('policy', 'name', name), `there is no escalation policy "${name}"`);
  }

  /** The policy that an event with this routing key leads to: of several keys between commas, the first that some policy has. */
  routedBy(routingKey: string, by: Editor): Promise<EscalationPolicy> {
    const seen = this.configuration.seenBy(by);
    const keys = routingKeysIn(routingKey);
    const lookUp = (): EscalationPolicy | undefined => {
      for (const key of keys) {
        const policy = seen.find('policy', 'routingKey', key);
        if (policy !== undefined) return policy;
      }
      return undefined;
    };
    return this.found(lookUp, `no escalation policy has the routing key "${routingKey}"`);
  }

  /** Perhaps it was made a moment ago, elsewhere: everything configured up to now is read before saying no. */
  private async found(lookUp: () => EscalationPolicy | undefined, missing: string): Promise<EscalationPolicy> {
    const policy = await this.configuration.surely(lookUp);
    if (policy === undefined) throw rejected('not-found', missing);
    return policy;
  }
}
