import { oneLine, whole } from './shortened';

const WEB_ADDRESS = /(https?:\/\/[^\s<>"'`\\|*]+)/i;

/** A text of somebody else's, as Markdown that says just this. Addresses on the web stay as they are, so that they can be followed. */
export const plainMarkdown = (text: string): string =>
  text
    .split(WEB_ADDRESS)
    .map((part, index) => (index % 2 === 1 ? withoutNames(part) : escaped(part)))
    .join('');

const escaped = (text: string): string =>
  text
    .replace(/[\\`*_~|<>[\]#]/g, '\\$&')
    // Only at the beginning of a line do these make lists and rules.
    .replace(/^(\s*)([-+=])/gm, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/gm, '$1\\$2');

/** A person's name may stand in an address, and chats find it there. */
const withoutNames = (address: string): string => address.replaceAll('@', '%40');

/** Cut between characters and between escapes, and marked as cut. */
export const cutMarkdown = (markdown: string, most: number): string => {
  if (markdown.length <= most) return markdown;
  const cut = whole(markdown.slice(0, most - 1));
  const [backslashes = ''] = /\\*$/.exec(cut) ?? [];
  return `${backslashes.length % 2 === 1 ? cut.slice(0, -1) : cut}…`;
};

/** A link when it leads to the web and cannot be taken for anything else, else its text. */
export const markdownLink = ({ text, href }: { readonly text: string; readonly href: string }, plain: (text: string) => string): string => {
  const label = plain(oneLine(text)).replaceAll(/https?:/gi, (scheme) => scheme.replace(':', '\\:'));
  if (!URL.canParse(href) || !/^https?:$/.test(new URL(href).protocol)) return label;
  const { username, password, href: address } = new URL(href);
  if (username !== '' || password !== '' || address.length > LONGEST_LINK) return label;
  return `[${label}](${withoutNames(address).replaceAll('(', '%28').replaceAll(')', '%29')})`;
};

const LONGEST_LINK = 1_000;
