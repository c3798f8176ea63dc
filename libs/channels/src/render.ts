import type { NotificationMethod } from '@tocsin/domain';
import { Eta } from 'eta';
import type {
  BundleContent,
  DigestContent,
  DutyChangedContent,
  Language,
  MessageContent,
  NewsContent,
  Notice,
  PageContent,
  RenderedMessage,
} from './message';
import { smsList, smsText } from './sms/sms-text';
import { texts } from './texts';

/** Longest summary that goes into a subject or a short text; the alert itself keeps all of it. */
const SHORT_SUMMARY = 160;

/** The message as this method shows it: HTML and text for e-mail, one short text for everything else. */
export const renderMessage = (method: NotificationMethod, content: MessageContent): RenderedMessage => {
  switch (method) {
    case 'EMAIL':
      return email(content);
    case 'PUSH':
      return { ...shortText(content), notice: noticeOf(content) };
    case 'SLACK':
    case 'TELEGRAM':
    case 'TEAMS':
      return { ...shortText(content), ...(content.type === 'page' ? { page: content } : {}) };
    case 'SMS':
      return content.type === 'digest' ? { ...shortText(content), text: digestToRead(content) } : shortText(content);
    default:
      return shortText(content);
  }
};

const email = (content: MessageContent): RenderedMessage => {
  const t = texts[content.language];
  switch (content.type) {
    case 'page':
      return {
        subject: pageSubject(content),
        text: pageText(content),
        html: eta.render(PAGE_HTML, { content, t, notes: pageNotes(content), isWebLink }),
      };
    case 'bundle':
      return {
        subject: bundleSubject(content),
        text: bundleText(content),
        html: eta.render(BUNDLE_HTML, { content, t, pages: content.pages.map((page) => ({ ...page, notes: pageNotes(page) })) }),
      };
    case 'test':
      return mail(t.greeting(content.personName), t.testSubject, t.testBody(t.testOf[content.list]));
    case 'duty-begins':
      return mail(
        t.greeting(content.personName),
        oneLine(t.dutyBeginsSubject(content.schedule, content.start)),
        t.dutyBegins(content.schedule, content.start, content.end),
      );
    case 'duty-changed':
      return mail(t.greeting(content.personName), oneLine(t.dutyChangedSubject(content.schedule)), changedLines(content));
    case 'news':
      return mail(t.greeting(content.personName), `${t.news}: ${pageSubject(content)}`, newsLines(content));
    case 'digest':
      return mail(t.greeting(content.personName), digestSubject(content), content.news.flatMap(newsLines));
    case 'verification':
      return mail(t.greeting(content.personName), t.verificationSubject, t.verificationBody(content.code, content.validMinutes));
    case 'sign-in': {
      const body = t.signInBody(content.validMinutes);
      return {
        subject: t.signInSubject,
        text: `${t.greeting(content.personName)}\n\n${body}\n\n${content.url}\n`,
        html: eta.render(LINK_HTML, { greeting: t.greeting(content.personName), body, url: content.url, label: t.signIn }),
      };
    }
  }
};

const mail = (greeting: string, subject: string, body: string | readonly string[]): RenderedMessage => ({
  subject,
  text: `${greeting}\n\n${[body].flat().join('\n')}\n`,
  html: eta.render(PLAIN_HTML, { greeting, body: [body].flat() }),
});

const shortText = (content: MessageContent): RenderedMessage => {
  const t = texts[content.language];
  switch (content.type) {
    case 'page': {
      const subject = pageSubject(content);
      if (content.reply !== undefined) return { subject, text: pageToReplyTo(content, content.reply) };
      const escalate = content.answers.escalate === undefined ? '' : `\n${t.escalate}: ${content.answers.escalate}`;
      return { subject, text: `${subject}\n${t.accept}: ${content.answers.accept}\n${t.resolve}: ${content.answers.resolve}${escalate}` };
    }
    case 'bundle':
      return { subject: bundleSubject(content), text: shortBundle(content) };
    case 'test':
      return { subject: t.testSubject, text: t.testBody(t.testOf[content.list]) };
    case 'duty-begins':
      return {
        subject: oneLine(t.dutyBeginsSubject(content.schedule, content.start)),
        text: oneLine(t.dutyBegins(content.schedule, content.start, content.end)),
      };
    case 'duty-changed':
      return { subject: oneLine(t.dutyChangedSubject(content.schedule)), text: oneLine(t.dutyChanged(content.by, content.schedule)) };
    case 'news': {
      const subject = pageSubject(content);
      return { subject, text: `${subject}\n${oneLine(content.news)}` };
    }
    case 'digest':
      return {
        subject: digestSubject(content),
        text: [t.newsOf(content.news.length), ...listed(content.language, content.news, newsLine)].join('\n'),
      };
    case 'verification':
      return { subject: t.verificationSubject, text: t.verificationShort(content.code, content.validMinutes) };
    case 'sign-in':
      return { subject: t.signInSubject, text: `${t.signInBody(content.validMinutes)}\n${content.url}` };
  }
};

/** More would not be read at once. */
const MOST_LISTED = 10;

const bundleSubject = ({ language, pages }: BundleContent): string =>
  oneLine(`[${texts[language].bundle(pages.length)}] ${pages.map(({ alert }) => `#${alert.id} ${alert.summary}`).join('; ')}`);

const digestSubject = ({ language, news }: DigestContent): string =>
  oneLine(`[${texts[language].newsOf(news.length)}] ${news.map(({ alert }) => `#${alert.id} ${alert.summary}`).join('; ')}`);

/** One line for each, as far as anybody reads them. */
const listed = <Item>(language: Language, items: readonly Item[], line: (item: Item) => string): readonly string[] => {
  const left = items.length - MOST_LISTED;
  return [...items.slice(0, MOST_LISTED).map(line), ...(left > 0 ? [texts[language].andMore(left)] : [])];
};

/** Id and summary first, as in a message of its own. */
const newsLine = (content: NewsContent): string => `${pageSubject(content)}: ${oneLine(content.news)}`;

const digestToRead = ({ language, news }: DigestContent): string => {
  const t = texts[language];
  const lines = news.map((each) => ({ before: `[#${each.alert.id}] `, summary: onOneLine(`${each.alert.summary}: ${each.news}`) }));
  return smsList(`${t.newsOf(news.length)}:`, lines, { andMore: t.andMore });
};

const shortBundle = (content: BundleContent): string => {
  const t = texts[content.language];
  const { pages, acceptAll } = content;
  const [first] = pages;
  const mark = pages.some(({ possiblyDuplicate }) => possiblyDuplicate) ? ` ${t.duplicateMark}` : '';
  if (first?.reply === undefined)
    return [`${t.bundle(pages.length)}${mark}`, ...listed(content.language, pages, pageSubject), `${t.acceptAll}: ${acceptAll}`].join('\n');
  const { to } = first.reply;
  const lines = pages.map(({ alert, reply }) => ({ before: `${reply?.code ?? ''} [#${alert.id}] `, summary: onOneLine(alert.summary) }));
  const answer = `${to === undefined ? t.replyAll : t.replyAllTo(to)}${mark}`;
  return smsList(`${t.bundle(pages.length)}:`, lines, { andMore: t.andMore, answer });
};

const bundleText = (content: BundleContent): string => {
  const t = texts[content.language];
  return [
    t.greeting(content.personName),
    '',
    `${t.acceptAll}: ${content.acceptAll}`,
    ...content.pages.flatMap((page) => ['', ...pageLines(page)]),
    '',
    t.confirm,
    '',
  ].join('\n');
};

/** More would not be read; the calendar has them all. */
const MOST_TURNS = 10;

const changedLines = ({ language, by, schedule, gained, lost }: DutyChangedContent): readonly string[] => {
  const t = texts[language];
  const lines = [...lost.map(({ start, end }) => t.turnLost(start, end)), ...gained.map(({ start, end }) => t.turnGained(start, end))];
  const left = lines.length - MOST_TURNS;
  return [t.dutyChanged(by, schedule), ...lines.slice(0, MOST_TURNS), ...(left > 0 ? [t.moreTurns(left)] : [])];
};

/** Id and summary first, since a status update is often all that its reader has of the alert. */
const newsLines = ({ alert, news }: NewsContent): readonly string[] => [`#${alert.id} ${alert.summary}`, news];

const pageToReplyTo = (content: PageContent, { code, to }: NonNullable<PageContent['reply']>): string => {
  const t = texts[content.language];
  const { id, priority, summary } = content.alert;
  const mark = content.possiblyDuplicate ? ` ${t.duplicateMark}` : '';
  const answer = to === undefined ? t.reply(code, content.answers.escalate !== undefined) : t.replyTo(code, to);
  return smsText(t.page(id, priority, ''), onOneLine(summary), `${answer}${mark}`);
};

/** A header is one line, and a control character could be a command to a terminal or a modem. */
const onOneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();

const noticeOf = (content: MessageContent): Notice => {
  const t = texts[content.language];
  const { subject, text } = shortText(content);
  const plain = { title: subject, body: text, language: content.language, urgent: false, actions: [] };
  switch (content.type) {
    case 'page': {
      const { alert, answers, answerPage, reason } = content;
      return {
        ...{ title: subject, language: content.language, urgent: alert.priority === 'HIGH' },
        body: [t.raised(alert.sourceName, alert.reportTime), reason, ...pageNotes(content)].join('\n'),
        ...{ tag: `alert-${alert.id}`, alertId: alert.id },
        ...(answerPage === undefined ? {} : { url: answerPage }),
        actions: [
          { action: 'accept', title: t.accept, url: answers.accept },
          { action: 'resolve', title: t.resolve, url: answers.resolve },
          ...(answers.escalate === undefined ? [] : [{ action: 'escalate' as const, title: t.escalate, url: answers.escalate }]),
        ],
      };
    }
    case 'bundle':
      return {
        ...plain,
        title: t.bundle(content.pages.length),
        body: listed(content.language, content.pages, pageSubject).join('\n'),
        urgent: content.pages.some(({ alert }) => alert.priority === 'HIGH'),
        tag: `bundle-${content.pages[0]?.alert.id}`,
        url: content.acceptAll,
        actions: [{ action: 'accept', title: t.acceptAll, url: content.acceptAll }],
      };
    case 'digest':
      return {
        ...plain,
        title: t.newsOf(content.news.length),
        body: listed(content.language, content.news, newsLine).join('\n'),
        tag: `digest-${content.news[0]?.alert.id}`,
      };
    case 'news':
      // Beside the page of the same alert, whose buttons must not go with it.
      return { ...plain, body: oneLine(content.news), tag: `news-${content.alert.id}` };
    case 'sign-in':
      return { ...plain, body: t.signInBody(content.validMinutes), tag: content.type, url: content.url };
    case 'test':
    case 'verification':
    case 'duty-begins':
    case 'duty-changed':
      return { ...plain, tag: content.type };
  }
};

/** What stands above a page, and names it where it is listed. */
export const pageSubject = ({
  language,
  alert,
}: Pick<PageContent, 'language'> & { readonly alert: Pick<PageContent['alert'], 'id' | 'priority' | 'summary'> }): string => {
  return texts[language].page(alert.id, alert.priority, oneLine(alert.summary));
};

const oneLine = (text: string): string => {
  const line = onOneLine(text);
  if (line.length <= SHORT_SUMMARY) return line;
  const characters = [...line];
  return characters.length > SHORT_SUMMARY ? `${characters.slice(0, SHORT_SUMMARY - 1).join('')}…` : line;
};

/** What is out of the ordinary about a page. */
export const pageNotes = (content: PageContent): readonly string[] => {
  const t = texts[content.language];
  return [...(content.lateSec > 0 ? [t.late(content.lateSec)] : []), ...(content.possiblyDuplicate ? [t.duplicate] : [])];
};

/** What a page says, and how it is answered. */
const pageLines = (content: PageContent): readonly string[] => {
  const t = texts[content.language];
  const { alert, answers } = content;
  return [
    `#${alert.id} ${alert.summary}`,
    t.raised(alert.sourceName, alert.reportTime),
    content.reason,
    ...pageNotes(content),
    '',
    `${t.accept}: ${answers.accept}`,
    `${t.resolve}: ${answers.resolve}`,
    ...(answers.escalate === undefined ? [] : [`${t.escalate}: ${answers.escalate}`]),
  ];
};

const pageText = (content: PageContent): string => {
  const t = texts[content.language];
  const { alert } = content;
  return [
    t.greeting(content.personName),
    '',
    ...pageLines(content),
    t.confirm,
    ...(content.canReplyByMail === true ? [t.replyByMail] : []),
    ...(alert.details === undefined ? [] : ['', alert.details]),
    ...alert.links.map((link) => `${link.text ?? 'Link'}: ${link.href}`),
    '',
  ].join('\n');
};

/** Tools put into links what they like; a mail program must not run it. */
const isWebLink = (href: string): boolean => /^https?:\/\//i.test(href.trim());

const eta = new Eta({ autoEscape: true });

const HEAD =
  '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"></head><body style="font-family:sans-serif;font-size:16px;line-height:1.4;margin:16px">';

const PAGE_HTML = eta.compile(`${HEAD}<p><%= it.t.greeting(it.content.personName) %></p>
<h1 style="font-size:20px">#<%= it.content.alert.id %> <%= it.content.alert.summary %></h1>
<p><%= it.t.raised(it.content.alert.sourceName, it.content.alert.reportTime) %><br><%= it.content.reason %></p>
<% for (const note of it.notes) { %><p><strong><%= note %></strong></p><% } %>
<p>
<a href="<%= it.content.answers.accept %>" style="display:inline-block;padding:14px 22px;margin:4px;background:#0a6b2d;color:#fff;text-decoration:none;border-radius:6px"><%= it.t.accept %></a>
<a href="<%= it.content.answers.resolve %>" style="display:inline-block;padding:14px 22px;margin:4px;background:#1f4fa3;color:#fff;text-decoration:none;border-radius:6px"><%= it.t.resolve %></a>
<% if (it.content.answers.escalate) { %><a href="<%= it.content.answers.escalate %>" style="display:inline-block;padding:14px 22px;margin:4px;background:#8a3d00;color:#fff;text-decoration:none;border-radius:6px"><%= it.t.escalate %></a><% } %>
</p>
<p><small><%= it.t.confirm %><% if (it.content.canReplyByMail) { %> <%= it.t.replyByMail %><% } %></small></p>
<% if (it.content.alert.details) { %><pre style="white-space:pre-wrap"><%= it.content.alert.details %></pre><% } %>
<% for (const link of it.content.alert.links) { %><p><% if (it.isWebLink(link.href)) { %><a href="<%= link.href %>"><%= link.text || link.href %></a><% } else { %><%= link.text %> <%= link.href %><% } %></p><% } %>
</body></html>`);

const BUNDLE_HTML = eta.compile(`${HEAD}<p><%= it.t.greeting(it.content.personName) %></p>
<p><a href="<%= it.content.acceptAll %>" style="display:inline-block;padding:14px 22px;margin:4px;background:#0a6b2d;color:#fff;text-decoration:none;border-radius:6px"><%= it.t.acceptAll %></a></p>
<% for (const page of it.pages) { %><h1 style="font-size:18px">#<%= page.alert.id %> <%= page.alert.summary %></h1>
<p><%= it.t.raised(page.alert.sourceName, page.alert.reportTime) %><br><%= page.reason %></p>
<% for (const note of page.notes) { %><p><strong><%= note %></strong></p><% } %>
<p><a href="<%= page.answers.accept %>"><%= it.t.accept %></a> · <a href="<%= page.answers.resolve %>"><%= it.t.resolve %></a><% if (page.answers.escalate) { %> · <a href="<%= page.answers.escalate %>"><%= it.t.escalate %></a><% } %></p><% } %>
<p><small><%= it.t.confirm %></small></p>
</body></html>`);

const PLAIN_HTML = eta.compile(
  `${HEAD}<p><%= it.greeting %></p><% for (const line of it.body) { %><p><%= line %></p><% } %></body></html>`,
);

const LINK_HTML = eta.compile(`${HEAD}<p><%= it.greeting %></p><p><%= it.body %></p>
<p><a href="<%= it.url %>" style="display:inline-block;padding:14px 22px;background:#1f4fa3;color:#fff;text-decoration:none;border-radius:6px"><%= it.label %></a></p></body></html>`);
