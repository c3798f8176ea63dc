import type { Language } from '@tocsin/channels';
import { Eta } from 'eta';
import { LINK_PURPOSES } from './answer-links';
import type { LinkPurpose } from './answer-links';
import { answerTexts } from './answer-texts';
import type { AnswerView } from './answers';

const eta = new Eta({ autoEscape: true });

const LAYOUT = `<!doctype html><html lang="<%= it.language %>"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><meta name="referrer" content="no-referrer"><title><%= it.title %></title>
<style>body{font-family:sans-serif;font-size:18px;line-height:1.4;margin:20px auto;max-width:34em;padding:0 12px;overflow-wrap:anywhere}button{font-size:22px;padding:16px 28px;width:100%;border:0;border-radius:8px;background:#0a6b2d;color:#fff}pre{white-space:pre-wrap}form{margin:0 0 12px}.accept{padding:26px 28px;font-size:26px}.resolve{background:#1f4fa3}.escalate{background:#8a3d00}</style></head><body><main>
<h1><% if (it.alert) { %>#<%= it.alert.id %> <%= it.alert.summary %><% } else { %><%= it.title %><% } %></h1>
<% for (const each of it.alerts || []) { %><p><% if (each.link) { %><a href="<%= each.link %>">#<%= each.alert.id %> <%= each.alert.summary %></a><% } else { %>#<%= each.alert.id %> <%= each.alert.summary %><% } %><% if (each.outcome) { %><br><strong><%= each.outcome %></strong><% } %></p><% } %>
<% if (it.outcome) { %><p role="status"><strong><%= it.outcome %></strong></p><% } %>
<% if (it.question) { %><p><%= it.question %></p><form method="post"><button type="submit"><%= it.button %></button></form><% } %>
<% for (const each of it.answers || []) { %><form method="post" action="<%= each.link %>"><button type="submit" class="<%= each.purpose %>"><%= each.button %></button></form><% } %>
</main></body></html>`;

/** The question with its one button, or the outcome. Plain HTML: works on any phone and without script. */
export const answerPage = (purpose: LinkPurpose, view: Exclude<AnswerView, { type: 'refused' | 'gone' }>): string => {
  const t = answerTexts[view.language];
  const asked = view.type === 'question' ? { question: t.question[purpose], button: t.button[purpose] } : { outcome: view.text };
  return eta.renderString(LAYOUT, { language: view.language, title: `#${view.alert.id}`, alert: view.alert, ...asked });
};

/** All answers that would still change something, each of which is given at once; and what else there is to say. */
export const allAnswersPage = (
  { language, alert }: Pick<Extract<AnswerView, { type: 'question' }>, 'language' | 'alert'>,
  outcome: string | undefined,
  links: Partial<Readonly<Record<LinkPurpose, string>>>,
): string => {
  const t = answerTexts[language];
  const answers = LINK_PURPOSES.flatMap((purpose) => {
    const link = links[purpose];
    return link === undefined ? [] : [{ purpose, link, button: t.button[purpose] }];
  });
  return eta.renderString(LAYOUT, { language, title: `#${alert.id}`, alert, outcome, answers });
};

/** One of the alerts that a message was about: where its own answers are, and what there is to say of it. */
export interface AlertOfMany {
  readonly view: Exclude<AnswerView, { type: 'refused' | 'gone' }>;
  readonly link: string;
}

/** All alerts of a message with several, and one button for those that are still to be accepted. */
export const acceptAllPage = (language: Language, many: readonly AlertOfMany[]): string => {
  const t = answerTexts[language];
  const open = many.filter(({ view }) => view.type === 'question').length;
  const alerts = many.map(({ view, link }) => ({ alert: view.alert, link, ...(view.type === 'outcome' ? { outcome: view.text } : {}) }));
  const asked = open === 0 ? {} : { question: t.acceptAll(open), button: t.acceptAllButton };
  return eta.renderString(LAYOUT, { language, title: 'Tocsin', alerts, ...asked });
};

/** The same for a program. */
export const manyInWords = (many: readonly AlertOfMany[]): { readonly text: string } => ({
  text: many.map(({ view }) => `#${view.alert.id} ${answerInWords(view).text}`).join('\n'),
});

/** The same for a program that sent the answer: a page's script, an app. */
export const answerInWords = (view: AnswerView): { readonly text: string } => {
  const t = answerTexts[view.language];
  switch (view.type) {
    case 'outcome':
      return { text: view.text };
    case 'refused':
      return { text: t.notAllowed };
    case 'gone':
      return { text: t.gone };
    case 'question':
      return { text: t.question.accept };
  }
};

export const linkProblemInWords = (problem: 'expired' | 'invalid' | 'gone'): { readonly text: string } => ({
  text: answerTexts.en[problem],
});

export const linkProblemPage = (problem: 'expired' | 'invalid' | 'notAllowed' | 'gone', language: Language): string =>
  eta.renderString(LAYOUT, { language, title: 'Tocsin', outcome: answerTexts[language][problem] });
