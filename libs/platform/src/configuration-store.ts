import { isDeepStrictEqual } from 'node:util';
import type {
  Actor,
  Clock,
  ConfigurationEvent,
  ConfigurationKind,
  ConfigurationResources,
  Decider,
  Editor,
  IdKind,
  Instant,
} from '@tocsin/domain';
import { passedOver, rejected } from '@tocsin/domain';
import { CommandHandler } from '@tocsin/event-store';
import type { EventStore } from '@tocsin/event-store';
import type { ConfigurationReader } from '@tocsin/messaging';
import type { IdAllocator } from './ids';
import { turnsHere } from './turns';
import type { InTurn } from './turns';

/** Who asks for a change of configuration, and from where. */
export interface ChangeContext {
  /** Of the request: makes a repeated request the same change. */
  readonly requestId: string;
  readonly actor: Actor;
  readonly remoteAddress?: string;
  /** Whose sight bounds what can be changed: to them there is nothing else. Absent: everything. */
  readonly seenAs?: Editor;
  /** Called when reads do not see the change in time, so that the answer can say so (BEHAVIOUR B1). */
  readonly onBehind?: () => void;
}

export interface ConfigurationStoreOptions {
  readonly eventStore: EventStore;
  readonly configuration: ConfigurationReader;
  readonly ids: IdAllocator;
  readonly clock: Clock;
  /** How long a write waits until reads see it (BEHAVIOUR B1). */
  readonly visibleWithinMs?: number;
  /** Where there are replicas: over all of them. */
  readonly inTurn?: InTurn;
}

/**
 * Configuration as events: each change appends the whole resource to `<kind>-<id>` and answers when this process's view of
 * the configuration topic has passed it. Rules that look at other resources (unique names, references) run inside `make`,
 * `change` and `allowed`, one at a time and on an up-to-date view: what one change refers to, another may be deleting.
 */
export class ConfigurationStore {
  private readonly handler: CommandHandler<Command, State, ConfigurationEvent>;
  private readonly turn: InTurn;

  constructor(private readonly options: ConfigurationStoreOptions) {
    this.handler = new CommandHandler({ store: options.eventStore, decider: configurationDecider });
    this.turn = options.inTurn ?? turnsHere();
  }

  /** @throws Rejection, EventStoreFault */
  async create<K extends ConfigurationKind>(
    kind: K,
    make: (id: ConfigurationResources[K]['id'], now: Instant) => ConfigurationResources[K],
    context: ChangeContext,
  ): Promise<ConfigurationResources[K]> {
    return this.inTurn(async () => {
      const id = (await this.options.ids.next(kind satisfies IdKind)) as ConfigurationResources[K]['id'];
      return this.configure(kind, id, () => make(id, this.options.clock.now()), context);
    });
  }

  /** Whether there is or ever was such a resource, asked of the log: the topic forgets what was deleted. @throws EventStoreFault */
  async wasMade(kind: ConfigurationKind, id: number): Promise<boolean> {
    return (await this.handler.load(`${kind}-${id}`)).revision >= 0;
  }

  /** Makes a resource with a fixed id unless it is there already, in any replica. @throws Rejection `not-found` when it was deleted */
  async bootstrap<K extends ConfigurationKind>(
    kind: K,
    resource: ConfigurationResources[K],
    context: ChangeContext,
  ): Promise<ConfigurationResources[K]> {
    return this.inTurn(() =>
      this.configure(kind, resource.id as ConfigurationResources[K]['id'], (current) => current ?? resource, context),
    );
  }

  /** @throws Rejection `not-found` when there is no such resource; what `change` throws; EventStoreFault */
  async change<K extends ConfigurationKind>(
    kind: K,
    id: number,
    change: (current: ConfigurationResources[K], now: Instant) => ConfigurationResources[K],
    context: ChangeContext,
  ): Promise<ConfigurationResources[K]> {
    return this.inTurn(() =>
      this.configure(
        kind,
        id,
        (current) => {
          if (current === undefined || !this.isSeen(kind, current, context)) throw rejected('not-found', `there is no ${kind} ${id}`);
          return change(current, this.options.clock.now());
        },
        context,
      ),
    );
  }

  /** @throws Rejection `not-found`; what `allowed` throws (references that still need it); EventStoreFault */
  async remove<K extends ConfigurationKind>(
    kind: K,
    id: number,
    allowed: (current: ConfigurationResources[K]) => void,
    context: ChangeContext,
  ): Promise<void> {
    await this.inTurn(async () => {
      const stream = `${kind}-${id}`;
      const decide = (state: State): Command => {
        const current = state.resource as ConfigurationResources[K] | undefined;
        if (current === undefined || !this.isSeen(kind, current, context)) throw rejected('not-found', `there is no ${kind} ${id}`);
        allowed(current);
        return { type: 'delete', kind, id };
      };
      const handled = await this.handler.handle(stream, decide, this.commandContext(context, stream));
      await this.visible(stream, handled.revision, context);
    });
  }

  private async configure<K extends ConfigurationKind>(
    kind: K,
    id: number,
    make: (current: ConfigurationResources[K] | undefined) => ConfigurationResources[K],
    context: ChangeContext,
  ): Promise<ConfigurationResources[K]> {
    const stream = `${kind}-${id}`;
    const decide = (state: State): Command => ({
      type: 'configure',
      kind,
      resource: make(state.resource as ConfigurationResources[K] | undefined),
    });
    const handled = await this.handler.handle(stream, decide, this.commandContext(context, stream));
    await this.visible(stream, handled.revision, context);
    return handled.state.resource as ConfigurationResources[K];
  }

  private isSeen<K extends ConfigurationKind>(kind: K, current: ConfigurationResources[K], { seenAs }: ChangeContext): boolean {
    return seenAs === undefined || this.options.configuration.seenBy(seenAs).sees(kind, current);
  }

  private async visible(stream: string, revision: number, { onBehind }: ChangeContext): Promise<void> {
    if (!(await this.options.configuration.waitFor(stream, revision, this.options.visibleWithinMs ?? 2_000))) onBehind?.();
  }

  private commandContext({ requestId, actor, remoteAddress }: ChangeContext, stream: string) {
    return {
      commandId: `${requestId}:${stream}`,
      causationId: requestId,
      correlationId: requestId,
      actor,
      time: this.options.clock.now(),
      ...(remoteAddress === undefined ? {} : { remoteAddress }),
    };
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.turn(async () => {
      await this.options.configuration.upToDate(this.options.visibleWithinMs ?? 2_000);
      return work();
    });
  }
}

type Command =
  | { readonly type: 'configure'; readonly kind: ConfigurationKind; readonly resource: ConfigurationResources[ConfigurationKind] }
  | { readonly type: 'delete'; readonly kind: ConfigurationKind; readonly id: number };

interface State {
  /** Deleted, which is for ever. */
  readonly isEnded?: boolean;
  readonly resource?: ConfigurationResources[ConfigurationKind];
}

const configurationDecider: Decider<Command, State, ConfigurationEvent> = {
  initial: {},
  decide: (command, state) => {
    if (command.type === 'delete') return [{ type: 'ResourceDeleted', data: { kind: command.kind, id: command.id } }];
    if (state.isEnded === true) throw rejected('not-found', `the ${command.kind} ${command.resource.id} was deleted`);
    if (sameButForUpdate(state.resource, command.resource)) return [];
    return [{ type: 'ResourceConfigured', data: { kind: command.kind, resource: command.resource } }];
  },
  evolve: (state, event) => {
    switch (event.type) {
      case 'ResourceConfigured':
        return { resource: event.data.resource };
      case 'ResourceDeleted':
        return { isEnded: true };
      default:
        return passedOver(event, state);
    }
  },
};

const sameButForUpdate = (
  before: ConfigurationResources[ConfigurationKind] | undefined,
  after: ConfigurationResources[ConfigurationKind],
): boolean => before !== undefined && isDeepStrictEqual({ ...before, updatedAt: 0 }, { ...after, updatedAt: 0 });
