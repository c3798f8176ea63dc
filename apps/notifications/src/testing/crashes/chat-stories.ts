import { instant } from '@tocsin/domain';
import type { ChatMethod, User } from '@tocsin/domain';
import type { TeamsPerson, TelegramPerson } from '@tocsin/testing';
import type { Installation } from './installation';
import { ANSWER, AT_LAST, isAbout, PAGE, paged, reachedBy } from './story';
import type { Stage, Story } from './story';

/** Somebody who has linked an account. */
const linked = async (installation: Installation, method: ChatMethod, account: { id: string; address: string }): Promise<User> =>
  installation.person(async (...making) => ({
    ...(await reachedBy(making, [[method, 0]])),
    chatAccounts: [{ method, ...account, linkedAt: instant(0) }],
  }));

const accountOf = ({ chatAccounts: [account] = [] }: User) => account ?? { id: '', address: '' };

/** On the page stands what came of it; how much of that was known by then is a matter of the machine's speed. */
const showsAnswer = (page: { readonly edits: number } | undefined): void => {
  if (page === undefined || page.edits === 0) throw new Error('the page stands there as if nobody had answered it');
};

/** A message whose outcome got lost is found again. */
const shownOnce = <Page>(pages: readonly Page[]): Page | undefined => {
  if (pages.length !== 1) throw new Error(`the page stands there ${pages.length} times`);
  return pages[0];
};

const telegramPerson = (user: User): TelegramPerson => ({ id: Number(accountOf(user).id), name: 'ana' });

const teamsPerson = ({ installation }: Stage, user: User): TeamsPerson => {
  const { id, address } = accountOf(user);
  const { tenantId } = installation.providers.teams;
  return { id, name: 'ana', conversationId: address.split(' ')[1] ?? '', tenantId };
};

export const chatStories: readonly Story[] = [
  {
    name: 'a direct message in Slack is answered by its button, stands there once and shows so',
    has: [
      ...[...PAGE, 'post by slack', 'append slackpost SlackPageSent', 'append notification HandedOver'],
      ...['publish notification-commands', ...ANSWER, 'answer by slack'],
      ...['append slackpost SlackPostOutdated', 'append slackpost SlackAttemptStarted', 'edit by slack', 'append slackpost SlackEdited'],
    ],
    person: async (installation) => {
      const { id: userId, teamId } = installation.providers.slack.team.addPerson('ana');
      return installation.person(async (...making) => ({ ...(await reachedBy(making, [['SLACK', 0]])), slackAccount: { teamId, userId } }));
    },
    tell: async (stage, user) => {
      const { slack } = stage.installation.providers;
      await paged(stage, user);
      const person = [...slack.team.people.values()].find(({ id }) => id === user.slackAccount?.userId);
      if (person === undefined) throw new Error('nobody is known in Slack');
      const pages = () => slack.direct(person).filter(({ text }) => isAbout(text, stage));
      const [shown] = pages();
      if (shown === undefined) throw new Error('nothing was written in Slack');
      const press = slack.press(person, shown, 'accept');
      await stage.isAnswered(() => slack.send(press));
      await stage.settles();
      await stage.passes(AT_LAST);
      showsAnswer(shownOnce(pages()));
    },
  },
  {
    name: 'a message in Telegram is answered by its button, and shows so',
    has: [...PAGE, 'post by telegram', 'append notification HandedOver', 'publish notification-commands', ...ANSWER, 'edit by telegram'],
    person: async (installation) => {
      const { chats } = installation.providers.telegram;
      const person = chats.addPerson('ana');
      chats.start(person);
      return linked(installation, 'TELEGRAM', { id: String(person.id), address: String(person.id) });
    },
    tell: async (stage, user) => {
      const { telegram } = stage.installation.providers;
      await paged(stage, user);
      const person = telegramPerson(user);
      const page = () => telegram.chat(person).findLast(({ text }) => isAbout(text, stage));
      const shown = page();
      if (shown === undefined) throw new Error('nothing was written in Telegram');
      const press = telegram.press(person, shown, 'Accept');
      await stage.isAnswered(() => telegram.send(press));
      await stage.settles();
      await stage.passes(AT_LAST);
      showsAnswer(page());
    },
  },
  {
    name: 'a card in Teams is answered by its button, and shows so',
    has: [...PAGE, 'post by teams', 'append notification HandedOver', 'publish notification-commands', ...ANSWER, 'edit by teams'],
    person: async (installation) => {
      const { teams } = installation.providers;
      const { id, conversationId } = teams.addPerson('ana');
      return linked(installation, 'TEAMS', { id, address: `${teams.serviceUrl} ${conversationId}` });
    },
    tell: async (stage, user) => {
      const { teams } = stage.installation.providers;
      await paged(stage, user);
      const person = teamsPerson(stage, user);
      const page = () => teams.chat(person).findLast(({ summary }) => isAbout(summary, stage));
      const shown = page();
      if (shown === undefined) throw new Error('nothing was written in Teams');
      const press = teams.press(person, shown, 'Accept');
      await stage.isAnswered(() => teams.send(press));
      await stage.settles();
      await stage.passes(AT_LAST);
      showsAnswer(page());
    },
  },
];
