import { Controller } from '@nestjs/common';
import { topics } from '@tocsin/contracts';
import type { FallbackResolved, LevelResolved } from '@tocsin/contracts';
import { alertStream, Clock } from '@tocsin/domain';
import type { AlertId, EscalationEventOf } from '@tocsin/domain';
import { derivedEventId } from '@tocsin/event-store';
import { causeOf, MessageBus } from '@tocsin/messaging';
import type { Message } from '@tocsin/messaging';
import { Consumes } from '@tocsin/platform/nest';
import { WhoToPage } from './who-to-page';

/** Answers each due level with the people it leads to at that instant, and each end of an escalation with the fallback. */
@Controller()
export class LevelDueConsumer {
  constructor(
    private readonly whoToPage: WhoToPage,
    private readonly bus: MessageBus,
    private readonly clock: Clock,
  ) {}

  @Consumes(topics.escalationFacts, 'oncall')
  async handle(message: Message): Promise<void> {
    switch (message.type) {
      case 'LevelDue':
        return this.levelDue(message, message.data as EscalationEventOf<'LevelDue'>['data']);
      case 'NobodyFound': {
        const { alertId, step, problems, at, retryAt } = message.data as EscalationEventOf<'NobodyFound'>['data'];
        const answer: FallbackResolved = {
          alertId,
          step,
          at,
          problems,
          cause: 'nobody-on-call',
          fallback: await this.whoToPage.fallback(),
          ...(retryAt === undefined ? {} : { retryAt }),
        };
        return this.answer(message, alertId, 'FallbackResolved', answer);
      }
      case 'EscalationExhausted': {
        const { alertId, step, at } = message.data as EscalationEventOf<'EscalationExhausted'>['data'];
        const answer: FallbackResolved = {
          alertId,
          step,
          at,
          problems: [],
          cause: 'escalation-ended',
          fallback: await this.whoToPage.fallback(),
        };
        return this.answer(message, alertId, 'FallbackResolved', answer);
      }
      default:
    }
  }

  private async levelDue(message: Message, due: EscalationEventOf<'LevelDue'>['data']): Promise<void> {
    const { alertId, step, at, dueAt, priority, targets } = due;
    const { responders, problems, nextShiftStart } = await this.whoToPage.resolve(targets, at, priority);
    const answer: LevelResolved = {
      alertId,
      step,
      at,
      dueAt,
      priority,
      responders,
      problems,
      ...(nextShiftStart === undefined ? {} : { nextShiftStart }),
    };
    await this.answer(message, alertId, 'LevelResolved', answer);
  }

  private async answer(
    message: Message,
    alertId: AlertId,
    type: 'LevelResolved' | 'FallbackResolved',
    data: LevelResolved | FallbackResolved,
  ): Promise<void> {
    await this.bus.publish(topics.resolutions, [
      {
        id: derivedEventId(message.id, topics.resolutions, 0),
        key: alertStream(alertId),
        type,
        schemaVersion: 1,
        time: this.clock.now(),
        ...causeOf(message),
        data,
      },
    ]);
  }
}
