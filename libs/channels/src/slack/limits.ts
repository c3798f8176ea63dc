import { whole } from '../shortened';

/** What Slack takes at most, in UTF-16 units; more than that and it refuses the whole message. */
export const MOST = {
  header: 150,
  section: 3_000,
  button: 75,
  option: 75,
  /** Of a message's own text, which notifications show; an edit takes less than a new message. */
  text: 3_000,
  choices: 100,
  topic: 250,
} as const;

/** As mrkdwn that says just this: `<!channel>` in a tool's text calls nobody, and no half of an escape is left at the end. */
export const escaped = (text: string, most: number): string => {
  const safe = escapeAll(text.trim() === '' ? '–' : text);
  if (safe.length <= most) return safe;
  const cut = whole(safe.slice(0, most - 1));
  return `${cut.replace(/&[a-z]{0,3}$/, '')}…`;
};

const escapeAll = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
