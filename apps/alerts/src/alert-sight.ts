import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { rejected } from '@tocsin/domain';
import type { AlertId, Editor, Rejection } from '@tocsin/domain';
import type { ResourceLookup } from '@tocsin/contracts';
import { ConfigurationReader } from '@tocsin/messaging';
import { principalOf } from '@tocsin/platform/nest';
import type { AlertDocument, Filter } from '@tocsin/read-models';
import type { FastifyRequest } from 'fastify';
import { AlertStreams } from './alert-streams';

/**
 * Which alerts somebody sees: those of the sources they see, and those that they are to answer, or were paged for, whoever's
 * they are. Nobody is told that the alert that woke them does not exist.
 */
export class AlertSight {
  constructor(
    private readonly parts: {
      readonly alerts: AlertStreams;
      readonly configuration: ConfigurationReader;
    },
  ) {}

  /**
   * What a list is narrowed to. Alerts of a source that was deleted are in nobody's list from whom anything is hidden, but in
   * their responders': whether the source was is not known any more.
   */
  filterFor(by: Editor): Pick<Filter, 'anyOf'> {
    const seen = this.parts.configuration.seenBy(by);
    if (seen.isWhole) return {};
    return { anyOf: [{ source: seen.list('source').map(({ id }) => id) }, { responder: [by.userId] }] };
  }

  /** Whoever has to do with an alert reads all of it, with the names of everybody on it; others what they see elsewhere, too. */
  lookupFor(alert: Pick<AlertDocument, 'responders'>, by: Editor): ResourceLookup {
    const { configuration } = this.parts;
    return isOn(alert, by) ? configuration : configuration.seenBy(by);
  }

  /** @throws Rejection `alert-not-found` for what is hidden, in the words for what is not there; EventStoreFault */
  async refuseHidden(id: AlertId, by: Editor): Promise<void> {
    const seen = this.parts.configuration.seenBy(by);
    if (seen.isWhole) return;
    const alert = await this.parts.alerts.document(id);
    if (seen.get('source', alert.sourceId) !== undefined || isOn(alert, by) || (await this.parts.alerts.wasFor(id, by.userId))) return;
    // A source that was made, or shown, a moment ago elsewhere counts.
    if ((await seen.surely(() => seen.get('source', alert.sourceId))) === undefined) throw alertNotFound(id);
  }
}

export const alertNotFound = (id: AlertId): Rejection => rejected('alert-not-found', `there is no alert ${id}`);

const isOn = ({ responders }: Pick<AlertDocument, 'responders'>, { userId }: Editor): boolean =>
  responders.some((responder) => responder.userId === userId);

/** Before everything under an alert: what somebody does not see is not there, whatever they ask of it. */
@Injectable()
export class SeenAlertGuard implements CanActivate {
  constructor(private readonly sight: AlertSight) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest<{ Params: Readonly<Record<string, string | undefined>> }>>();
    const { id = '' } = request.params;
    if (/^[1-9]\d{0,15}$/.test(id)) await this.sight.refuseHidden(Number(id) as AlertId, principalOf(request));
    return true;
  }
}
