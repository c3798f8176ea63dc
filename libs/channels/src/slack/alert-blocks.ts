import { toIso } from '@tocsin/domain';
import type { Instant } from '@tocsin/domain';
import type { SlackAlert, SlackContent } from '../slack-workspace';
import { oneLine, shortened } from '../shortened';
import { escaped, MOST } from './limits';
import { slackTexts } from './texts';

export type Block = { readonly type: string } & Readonly<Record<string, unknown>>;

/** Ready to be sent. `text` is what a notification shows, and what is read where blocks are not. */
export interface RenderedContent {
  readonly text: string;
  readonly blocks?: readonly Block[];
}

const DETAILS = 1_500;
const STANDING = 1_200;
const MOST_LINKS = 5;
const LINK_TEXT = 100;
const LONGEST_LINK = 500;

export const rendered = (content: SlackContent): RenderedContent =>
  content.type === 'text' ? { text: escaped(content.text, MOST.text) } : alertMessage(content);

/** When Slack takes none of the blocks all the same: what it says in one line still gets through. */
export const renderedPlainly = (content: SlackContent): RenderedContent =>
  content.type === 'text' ? rendered(content) : { text: headline(content) };

const headline = (alert: SlackAlert): string => escaped(titleOf(alert), 300);

const titleOf = ({ id, summary, isTest }: SlackAlert): string => `${isTest === true ? '' : `[#${id}] `}${oneLine(summary)}`;

const icons = { PENDING: '🔴', ACCEPTED: '🟠', RESOLVED: '✅' } as const;

const alertMessage = (alert: SlackAlert): RenderedContent => {
  const t = slackTexts[alert.language];
  const priority = alert.priority === 'LOW' ? ` · ${t.low}` : '';
  const raised = `${t.raised(escaped(alert.sourceName, 200), whenText(alert.reportTime))}${priority}`;
  const links = alert.links.slice(0, MOST_LINKS).map(linkText);
  const standing = [`*${t.status[alert.status]}*`, ...alert.standing.map((sentence) => escaped(sentence, 400))].join('\n');
  return {
    text: headline(alert),
    blocks: [
      { type: 'header', text: plain(`${icons[alert.status]} ${titleOf(alert)}`, MOST.header) },
      { type: 'context', elements: [{ type: 'mrkdwn', text: raised }] },
      ...(alert.details === undefined || alert.details.trim() === '' ? [] : [section(escaped(alert.details, DETAILS))]),
      ...(links.length === 0 ? [] : [section(links.join('\n'))]),
      section(cutLines(standing, STANDING)),
      ...buttons(alert),
    ],
  };
};

const section = (text: string): Block => ({ type: 'section', text: { type: 'mrkdwn', text } });

/** Whole lines only: half of one could end within an escape. */
const cutLines = (text: string, most: number): string => {
  let kept = '';
  for (const line of text.split('\n')) {
    if (kept.length + line.length + 1 > most) return `${kept}\n…`;
    kept = kept === '' ? line : `${kept}\n${line}`;
  }
  return kept;
};

/** Each reader sees it by their own clocks. */
const whenText = (at: Instant | string): string =>
  typeof at === 'string' ? escaped(at, 200) : `<!date^${Math.floor(at / 1_000)}^{date_short_pretty} {time}|${toIso(at)}>`;

/** A tool's link is a link only when it leads to the web and cannot be taken for anything else. */
const linkText = ({ href, text }: SlackAlert['links'][number]): string => {
  const isLink = URL.canParse(href) && /^https?:\/\/[^\s<>|]+$/i.test(href) && href.length <= LONGEST_LINK;
  const label = escaped(oneLine(text ?? href), LINK_TEXT);
  return isLink ? `<${href.replaceAll('&', '&amp;')}|${label.replaceAll('|', '¦')}>` : label;
};

const buttons = ({ language, id, status, priority, step, isTest, isInOwnChannel }: SlackAlert): readonly Block[] => {
  if (status === 'RESOLVED' || isTest === true) return [];
  const t = slackTexts[language];
  const value = JSON.stringify({ a: id });
  const escalation = step === undefined ? undefined : JSON.stringify({ a: id, s: [step.round, step.pass, step.level] });
  return [
    {
      type: 'actions',
      block_id: 'answers',
      elements: [
        ...(status === 'PENDING' ? [button('accept', t.accept, value, 'primary')] : []),
        button('resolve', t.resolve, value),
        // It goes to nobody else before it is raised (B15).
        ...(priority === 'LOW' ? [button('raise', t.raisePriority, value)] : []),
        ...(escalation === undefined || priority === 'LOW' ? [] : [button('escalate', t.escalate, escalation)]),
        button('reassign', t.reassign, value),
        isInOwnChannel === true ? button('detach', t.detach, value) : button('channel', t.ownChannel, value),
      ],
    },
  ];
};

const button = (actionId: string, label: string, value: string, style?: 'primary') => ({
  type: 'button',
  action_id: actionId,
  text: plain(label, MOST.button),
  value,
  ...(style === undefined ? {} : { style }),
});

export const plain = (text: string, most: number) => ({ type: 'plain_text', text: shortened(text, most), emoji: true }) as const;
