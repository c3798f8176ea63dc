import { cutMarkdown, markdownLink } from './markdown';
import type { RenderedMessage } from './message';
import { oneLine } from './shortened';

/** What is to stand in a room of a chat. Its texts are plain; how they are written there, the chat's folder says. */
export interface RoomPost {
  readonly title: string;
  readonly mood: 'alarm' | 'attention' | 'relief' | 'plain';
  readonly body: string;
  /** What a tool wrote besides, as much of it as there is room for. */
  readonly details?: string;
  readonly links: readonly { readonly text: string; readonly href: string }[];
}

/** A message to a person, in a room of their own: its links are the buttons. */
export const postOf = ({ notice, subject, text }: RenderedMessage): RoomPost => {
  const { title = subject, body = text, urgent = false, actions = [], url } = notice ?? {};
  const buttons = actions.map((action) => ({ text: action.title, href: action.url }));
  const page = buttons.length === 0 && url !== undefined ? [{ text: url, href: url }] : [];
  return { title, body, mood: urgent ? 'alarm' : 'plain', links: [...buttons, ...page] };
};

/** `most`: characters of the title before they are escaped, so that it is never cut within what makes it bold. */
export const boldTitle = ({ title }: RoomPost, most: number, plain: (text: string) => string): string => {
  const characters = [...oneLine(title)];
  const kept = characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : characters.join('');
  return `**${kept === '' ? '–' : plain(kept)}**`;
};

const BETWEEN = ' · ';
const NEW_PART = '\n\n';
/** Less than this of a tool's text says nothing. */
const LEAST_DETAILS = 40;

/** What stands below the title. Links are whole or not there; what is long is cut, and nothing is refused for being long. */
export const belowTitle = ({ body, details = '', links }: RoomPost, most: number, plain: (text: string) => string): string => {
  const linkLine = links.reduce((line, link) => {
    const longer = [...(line === '' ? [] : [line]), markdownLink(link, plain)].join(BETWEEN);
    return longer.length <= most / 2 ? longer : line;
  }, '');
  const said = body.trim() === '' ? '' : cutMarkdown(plain(body), most - linkLine.length - NEW_PART.length);
  const left = most - said.length - linkLine.length - 2 * NEW_PART.length;
  const more = details.trim() === '' || left < LEAST_DETAILS ? '' : cutMarkdown(plain(details), left);
  return [said, more, linkLine].filter((part) => part !== '').join(NEW_PART);
};
