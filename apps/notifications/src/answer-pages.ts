import type { Language } from '@tocsin/channels';
import { Eta } from 'eta';
import type { LinkPurpose } from './answer-links';
import { answerTexts } from './answer-texts';
import type { AnswerView } from './answers';

const eta = new Eta({ autoEscape: true });

const LAYOUT = `<!doctype html><html lang="<%= it.language %>"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><meta name="referrer" content="no-referrer"><title><%= it.title %></title>
<style>body{font-family:sans-serif;font-size:18px;line-height:1.4;margin:20px auto;max-width:34em;padding:0 12px}button{font-size:22px;padding:16px 28px;width:100%;border:0;border-radius:8px;background:#0a6b2d;color:#fff}pre{white-space:pre-wrap}</style></head><body>
<% if (it.alert) { %><h1>#<%= it.alert.id %> <%= it.alert.summary %></h1><% } %>
<% if (it.outcome) { %><p role="status"><strong><%= it.outcome %></strong></p><% } %>
<% if (it.question) { %><p><%= it.question %></p><form method="post"><button type="submit"><%= it.button %></button></form><% } %>
</body></html>`;

/** The question with its one button, or the outcome. Plain HTML: works on any phone and without script. */
export const answerPage = (purpose: LinkPurpose, view: Exclude<AnswerView, { type: 'refused' | 'gone' }>): string => {
  const t = answerTexts[view.language];
  const asked = view.type === 'question' ? { question: t.question[purpose], button: t.button[purpose] } : { outcome: view.text };
  return eta.renderString(LAYOUT, { language: view.language, title: `#${view.alert.id}`, alert: view.alert, ...asked });
};

export const linkProblemPage = (problem: 'expired' | 'invalid' | 'notAllowed' | 'gone', language: Language): string =>
  eta.renderString(LAYOUT, { language, title: 'Tocsin', outcome: answerTexts[language][problem] });
