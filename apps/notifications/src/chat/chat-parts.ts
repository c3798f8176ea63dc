import type { Provider, Type } from '@nestjs/common';
import type { ChatBot } from '@tocsin/channels';
import type { ChatMethod } from '@tocsin/domain';
import type { Platform } from '@tocsin/platform';
import type { Answers } from '../answers';
import { TeamsController } from '../callbacks/teams/teams.controller';
import { TelegramController } from '../callbacks/telegram/telegram.controller';
import { ChatActions } from './chat-actions';
import { ChatIntake } from './chat-intake';
import { ChatPeople } from './chat-people';
import { ChatRequestsConsumer } from './chat-requests.consumer';

const callbacks: Readonly<Record<ChatMethod, Type>> = { TELEGRAM: TelegramController, TEAMS: TeamsController };

/** All of the bots in the module; nothing when there are none. */
export const chatParts = (
  { bus, configuration, clock, secrets, settings }: Platform,
  bots: readonly ChatBot[],
  { people, answers }: { readonly people: ChatPeople; readonly answers: Answers },
): { readonly controllers: readonly Type[]; readonly providers: readonly Provider[] } => {
  if (bots.length === 0) return { controllers: [], providers: [] };
  return {
    controllers: [ChatRequestsConsumer, ...bots.map(({ method }) => callbacks[method])],
    providers: [
      { provide: ChatIntake, useValue: new ChatIntake({ bots, people, configuration, bus, secrets, clock }) },
      { provide: ChatActions, useValue: new ChatActions({ bots, people, answers, configuration, secrets, settings, clock }) },
    ],
  };
};
