import { publicUserRel } from '@tocsin/contracts';
import type { PublicResponder } from '@tocsin/contracts';
import {
  Clock,
  defined,
  raisedByPerson,
  refuseForOthers,
  refuseHiddenSubscriber,
  refuseSubscriber,
  rejected,
  snapshotOf,
  whoIsOnCall,
} from '@tocsin/domain';
import type {
  Alert,
  AlertCommand,
  AlertContent,
  AlertId,
  AlertRoute,
  AlertSource,
  Assignee,
  Editor,
  Subscriber,
  UserId,
} from '@tocsin/domain';
import { ConfigurationReader } from '@tocsin/messaging';
import { IdAllocator, Views } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import { expandedRules } from '@tocsin/read-models';
import type { AlertDocument } from '@tocsin/read-models';
import { setTimeout as delay } from 'node:timers/promises';
import { userNamed } from './alert-list';
import type { ManualAlertRequest } from './alert-requests';
import { AlertStreams } from './alert-streams';
import { supportTimesFor } from './support-times';
import { publicResponder } from './public-alert';

const LOOK_AGAIN_MS = 10;

interface AssignTo {
  readonly user: string | undefined;
  readonly policy: string | undefined;
  readonly schedule: string | undefined;
}

/** What people do with alerts through the API, under their own name; each answers with its effect (BEHAVIOUR B1). */
export class ManualCommands {
  constructor(
    private readonly parts: {
      readonly alerts: AlertStreams;
      readonly configuration: ConfigurationReader;
      readonly ids: IdAllocator;
      readonly clock: Clock;
      readonly views: Views;
      readonly visibleWithinMs: number;
    },
  ) {}

  async find(id: AlertId): Promise<AlertDocument> {
    return this.parts.alerts.document(id);
  }

  /** Answers once the first level has been answered, too (B2). @throws Rejection */
  async create(request: ManualAlertRequest, by: Editor, context: ChangeContext): Promise<AlertDocument> {
    const source = await this.source(request.alertSource.id, by);
    const alertId = (await this.parts.ids.next('alert')) as AlertId;
    const { summary, details, priority, images, links } = request;
    const content: AlertContent = defined({ summary, details, priority, images, links });
    const route = await this.route(request, source, by);
    const supportTimes = await supportTimesFor(source, this.parts.configuration);
    const alert = raisedByPerson({ alertId, source, supportTimes, content, at: this.now(), by: context.actor, route });
    const document = await this.command(alertId, { type: 'raise', alert }, context);
    return this.afterFirstLevel(alertId, document);
  }

  async accept(id: AlertId, context: ChangeContext): Promise<AlertDocument> {
    return this.command(id, { type: 'accept', at: this.now(), by: context.actor }, context);
  }

  async resolve(id: AlertId, context: ChangeContext): Promise<AlertDocument> {
    return this.command(id, { type: 'resolve', at: this.now(), by: context.actor }, context);
  }

  async assign(id: AlertId, to: AssignTo, by: Editor, context: ChangeContext): Promise<AlertDocument> {
    return this.command(id, { type: 'assign', at: this.now(), by: context.actor, to: await this.assignee(to, by) }, context);
  }

  /**
   * To the next level, or to a certain one, counted from 1. A named level that the alert stands on already changes nothing, so
   * that a request can be repeated (B13).
   */
  async escalate(id: AlertId, level: number | undefined, context: ChangeContext): Promise<AlertDocument> {
    if (level !== undefined) {
      const state = await this.parts.alerts.state(id);
      if (state.status === 'pending' && state.priority === 'HIGH' && state.step?.level === level - 1) return this.find(id);
    }
    const to = level === undefined ? {} : { to: { level: level - 1 } };
    return this.command(id, { type: 'escalate', at: this.now(), by: context.actor, ...to }, context);
  }

  /** LOW becomes HIGH; HIGH stays. */
  async raise(id: AlertId, context: ChangeContext): Promise<AlertDocument> {
    return this.command(id, { type: 'raisePriority', at: this.now(), by: context.actor }, context);
  }

  async addResponder(id: AlertId, name: string | undefined, by: Editor, context: ChangeContext): Promise<PublicResponder> {
    const userId = name === undefined ? by.userId : await this.user(name, by);
    const document = await this.command(id, { type: 'addResponder', at: this.now(), by: context.actor, userId }, context);
    const added = document.responders.find((responder) => responder.userId === userId);
    return publicResponder(publicUserRel(userId, this.parts.configuration), added?.status ?? 'PENDING');
  }

  /** Whoever is on it can be taken off it by whoever reads their id there. */
  async removeResponder(id: AlertId, named: UserId, by: Editor, context: ChangeContext): Promise<void> {
    const { responders } = await this.find(id);
    const userId = responders.some((responder) => responder.userId === named) ? named : await this.user(String(named), by);
    await this.command(id, { type: 'removeResponder', at: this.now(), by: context.actor, userId }, context);
  }

  /** Who follows the alert by then. */
  async follow(id: AlertId, subscriber: Subscriber, by: Editor, context: ChangeContext): Promise<readonly Subscriber[]> {
    const { alerts, configuration } = this.parts;
    await configuration.upToDate();
    refuseSubscriber(subscriber, { by, configuration: configuration.seenBy(by) });
    await this.command(id, { type: 'follow', at: this.now(), by: context.actor, subscriber }, context);
    return subscribersOf(await alerts.state(id));
  }

  async unfollow(id: AlertId, subscriber: Subscriber, by: Editor, context: ChangeContext): Promise<void> {
    refuseForOthers(subscriber, by);
    refuseHiddenSubscriber(subscriber, this.parts.configuration.seenBy(by));
    await this.command(id, { type: 'unfollow', at: this.now(), by: context.actor, subscriber }, context);
  }

  private async command(id: AlertId, command: AlertCommand, { requestId, actor, onBehind }: ChangeContext): Promise<AlertDocument> {
    const answered = await this.parts.alerts.answer(id, command, {
      commandId: `${requestId}:${id}`,
      causationId: requestId,
      correlationId: requestId,
      actor,
    });
    if (!answered.visible) onBehind?.();
    return answered.document;
  }

  /** Waits, for a bounded real time, until somebody was paged or nobody could be; then answers with what there is. */
  private async afterFirstLevel(id: AlertId, created: AlertDocument): Promise<AlertDocument> {
    // A delay before level 1 is answered by the plan alone: nobody will be paged within the time that this waits.
    const isDelayed = created.route.type === 'policy' && created.route.policy.delayMin > 0;
    const deadline = performance.now() + this.parts.visibleWithinMs;
    let document = created;
    while (!isFirstLevelTold(document) && !(isDelayed && document.next !== undefined) && performance.now() < deadline) {
      await delay(LOOK_AGAIN_MS);
      document = await this.parts.alerts.document(id);
    }
    return document;
  }

  private async route(request: ManualAlertRequest, source: AlertSource, by: Editor): Promise<AlertRoute> {
    const { responders = [], assignedTo } = request;
    const named = new Set([...responders.map(({ user }) => user.id), ...(assignedTo === undefined ? [] : [assignedTo.id])]);
    if (named.size > 0) return { type: 'users', userIds: await Promise.all([...named].map((id) => this.user(String(id), by))) };
    const chosen = request.escalationPolicy?.id;
    const policy =
      chosen === undefined || chosen === source.escalationPolicyId
        ? await this.policy(source.escalationPolicyId, 'escalationPolicy')
        : await this.policy(chosen, 'escalationPolicy', by);
    return { type: 'policy', policy: snapshotOf(policy) };
  }

  private async assignee(to: AssignTo, by: Editor): Promise<Assignee> {
    const given = [to.user, to.policy, to.schedule].filter((value) => value !== undefined);
    if (given.length !== 1) throw rejected('invalid', 'user, policy, schedule: give exactly one of them', { field: 'user' });
    if (to.user !== undefined) return { type: 'user', userId: await this.user(to.user, by) };
    if (to.policy !== undefined) return { type: 'policy', policy: snapshotOf(await this.policy(Number(to.policy), 'policy', by)) };
    const seen = this.parts.configuration.seenBy(by);
    const schedule = await seen.surely(() => seen.get('schedule', Number(to.schedule)));
    if (schedule === undefined) throw rejected('not-found', `there is no schedule ${to.schedule}`, { field: 'schedule' });
    const onCall = whoIsOnCall(schedule, this.now());
    return {
      type: 'schedule',
      scheduleId: schedule.id,
      ...(onCall.userId === null
        ? {}
        : {
            onCall: {
              userId: onCall.userId,
              reason: { type: 'schedule', scheduleId: schedule.id, scheduleName: schedule.name, onCall: onCall.reason },
            },
          }),
    };
  }

  private async user(name: string, by: Editor): Promise<UserId> {
    const seen = this.parts.configuration.seenBy(by);
    const userId = await seen.surely(() => userNamed(name, seen));
    if (userId === undefined) throw rejected('not-found', `there is no user ${name}`, { field: 'user' });
    return userId;
  }

  private async source(id: number, by: Editor): Promise<AlertSource> {
    const seen = this.parts.configuration.seenBy(by);
    const source = await seen.surely(() => seen.get('source', id));
    if (source === undefined) throw rejected('invalid', `alertSource.id: there is no alert source ${id}`, { field: 'alertSource.id' });
    return source;
  }

  /** A source leads to its policy for whoever sees the source. */
  private async policy(id: number, field: string, by?: Editor) {
    const { configuration } = this.parts;
    const seen = by === undefined ? configuration : configuration.seenBy(by);
    const policy = await configuration.surely(() => seen.get('policy', id));
    if (policy === undefined) throw rejected('not-found', `there is no escalation policy ${id}`, { field });
    return policy;
  }

  private now() {
    return this.parts.clock.now();
  }
}

/**
 * Somebody was paged or nobody could be, and the escalation has said what comes next where something does: it plans that from
 * the fact that people were paged, a moment later.
 */
const isFirstLevelTold = ({ firstLevelDone, status, route, priority, responders, step, next }: AlertDocument): boolean => {
  if (!firstLevelDone) return false;
  const goesOn = status === 'PENDING' && route.type === 'policy' && priority === 'HIGH' && responders.length > 0 && step !== undefined;
  return !goesOn || next !== undefined || step.level + 1 >= expandedRules(route).length;
};

export const subscribersOf = (state: Alert): readonly Subscriber[] => (state.status === 'absent' ? [] : (state.subscribers ?? []));
