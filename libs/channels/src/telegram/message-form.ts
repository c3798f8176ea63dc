import { toIso } from '@tocsin/domain';
import type { ShownAlert, ShownText } from '../shown-alert';
import { shortened } from '../shortened';
import { texts } from '../texts';

/** What Telegram takes at most: texts in UTF-16 units, a button's data in bytes. */
const LONGEST_TEXT = 4_096;
const SUMMARY = 500;
const DETAILS = 1_500;
const STANDING = 1_000;
const MOST_LINKS = 5;
const LONGEST_LINK = 500;
const LINK_TEXT = 100;

const icons = { PENDING: '🔴', ACCEPTED: '🟠', RESOLVED: '✅' } as const;

interface Button {
  readonly text: string;
  readonly callback_data: string;
}

/** As the Bot API takes it: plain text, in which a tool's words format nothing. */
export const formOf = (content: ShownAlert | ShownText) => ({
  text: shortened(content.type === 'text' ? content.text : textOf(content), LONGEST_TEXT),
  link_preview_options: { is_disabled: true },
  reply_markup: { inline_keyboard: content.type === 'text' ? [] : rows(content) },
});

const textOf = (alert: ShownAlert): string => {
  const { language, id, status, priority, summary, sourceName, reportTime, standing, details, links } = alert;
  const t = texts[language];
  const time = typeof reportTime === 'string' ? reportTime : toIso(reportTime);
  const title = t.page(id, priority, shortened(summary, SUMMARY));
  return [
    `${icons[status]} ${title}`,
    t.raised(shortened(sourceName, LINK_TEXT), time),
    shortened(standing.join('\n'), STANDING),
    ...(details === undefined || details.trim() === '' ? [] : ['', shortened(details, DETAILS)]),
    ...links.slice(0, MOST_LINKS).map(linkText),
  ].join('\n');
};

/** An address that was cut would lead elsewhere, and one that is none of the web anywhere. */
const linkText = ({ href, text }: ShownAlert['links'][number]): string => {
  const label = shortened(text ?? 'Link', LINK_TEXT);
  return href.length <= LONGEST_LINK && /^https?:\/\//i.test(href) ? `${label}: ${href}` : label;
};

const rows = ({ language, id, status, step }: ShownAlert): readonly (readonly Button[])[] => {
  if (status === 'RESOLVED') return [];
  const t = texts[language];
  return [
    [...(status === 'PENDING' ? [button(t.accept, `accept ${id}`)] : []), button(t.resolve, `resolve ${id}`)],
    ...(step === undefined ? [] : [[button(t.escalate, `escalate ${id} ${step.round} ${step.pass} ${step.level}`)]]),
  ];
};

const button = (text: string, data: string): Button => ({ text, callback_data: data });
