import { toIso } from '@tocsin/domain';
import type { ShownAlert } from '../shown-alert';
import { shortened } from '../shortened';
import { texts } from '../texts';

/** A card may have 28 KB in all; these together are far from it, in whatever writing. */
const SUMMARY = 500;
const DETAILS = 1_500;
const STANDING = 1_000;
const SOURCE = 100;
const MOST_LINKS = 5;
const LONGEST_LINK = 500;
const LINK_TEXT = 100;

const icons = { PENDING: '🔴', ACCEPTED: '🟠', RESOLVED: '✅' } as const;

/** What Adaptive Cards call what is used here. */
const [CARD, TEXT, RUN] = ['AdaptiveCard', 'RichTextBlock', 'TextRun'];

export type Card = Readonly<Record<string, unknown>>;

/** What stands in lists and notifications, where no card is shown. */
export const headlineOf = ({ language, id, status, priority, summary }: ShownAlert): string =>
  `${icons[status]} ${texts[language].page(id, priority, shortened(summary, SUMMARY))}`;

export const cardOf = (alert: ShownAlert): Card => {
  const { language, sourceName, reportTime, standing, details, links } = alert;
  const t = texts[language];
  const time = typeof reportTime === 'string' ? reportTime : toIso(reportTime);
  return {
    type: CARD,
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.4',
    body: [
      block(headlineOf(alert), { weight: 'Bolder', size: 'Medium' }),
      block(t.raised(shortened(sourceName, SOURCE), time), { isSubtle: true }),
      ...(standing.length === 0 ? [] : [block(shortened(standing.join('\n'), STANDING))]),
      ...(details === undefined || details.trim() === '' ? [] : [block(shortened(details, DETAILS))]),
      ...linkBlocks(links),
    ],
    actions: actions(alert),
  };
};

/** A run of text, which a tool's words cannot format: a TextBlock would read them as markdown. */
const block = (text: string, run: Card = {}): Card => ({ type: TEXT, inlines: [{ type: RUN, text, ...run }] });

const linkBlocks = (links: ShownAlert['links']): readonly Card[] =>
  links.slice(0, MOST_LINKS).map(({ href, text }) => {
    const label = shortened(text ?? 'Link', LINK_TEXT);
    const isLink = href.length <= LONGEST_LINK && /^https?:\/\//i.test(href);
    return block(label, isLink ? { selectAction: { type: 'Action.OpenUrl', url: href } } : {});
  });

const actions = ({ language, id, status, step }: ShownAlert): readonly Card[] => {
  if (status === 'RESOLVED') return [];
  const t = texts[language];
  return [
    ...(status === 'PENDING' ? [action(t.accept, { answer: 'accept', alert: id }, 'positive')] : []),
    action(t.resolve, { answer: 'resolve', alert: id }),
    ...(step === undefined ? [] : [action(t.escalate, { answer: 'escalate', alert: id, step: [step.round, step.pass, step.level] })]),
  ];
};

/** Clients that know no Action.Execute send the same as a message. */
const action = (title: string, data: Card, style?: 'positive'): Card => {
  const about = { title, data, ...(style === undefined ? {} : { style }) };
  return { type: 'Action.Execute', verb: data['answer'], ...about, fallback: { type: 'Action.Submit', ...about } };
};
