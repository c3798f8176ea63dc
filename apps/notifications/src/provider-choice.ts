import { ProviderHealth, providersToAsk, routeOf } from '@tocsin/channels';
import type { Channel, MethodRoutes, SendOutcome } from '@tocsin/channels';
import { Clock } from '@tocsin/domain';
import type { NotificationMethod, OpenNotification } from '@tocsin/domain';

export interface ProviderChoiceParts {
  readonly clock: Clock;
  /** In the order in which they are asked where no route says otherwise. */
  channelsFor(method: NotificationMethod): readonly Channel[];
  readonly routes?: MethodRoutes;
}

/** Whom a message is given to next: by its route, by who failed with it, and by who fails with others. */
export class ProviderChoice {
  private readonly health: ProviderHealth;

  constructor(private readonly parts: ProviderChoiceParts) {
    this.health = new ProviderHealth(parts.clock);
  }

  /** First choice first; empty when nobody is left who could ever take it. */
  toAsk({ plan, failedInRound, refusedBy }: OpenNotification, target: string): readonly Channel[] {
    const { channelsFor, routes } = this.parts;
    return providersToAsk(channelsFor(plan.method), {
      route: routeOf(routes?.[plan.method], target),
      failedInRound,
      refusedBy,
      isDown: (provider) => this.health.isDown(provider),
    });
  }

  record(provider: string, outcome: SendOutcome): void {
    this.health.record(provider, outcome);
  }
}
