import { Eta } from 'eta';

const eta = new Eta({ autoEscape: true });

const LAYOUT = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><meta name="referrer" content="no-referrer"><title>Slack – Tocsin</title>
<style>body{font-family:sans-serif;font-size:18px;line-height:1.4;margin:20px auto;max-width:34em;padding:0 12px}button{font-size:22px;padding:16px 28px;width:100%;border:0;border-radius:8px;background:#0a6b2d;color:#fff}</style></head><body>
<% if (it.question) { %><p><%= it.question %></p><form method="post"><button type="submit"><%= it.button %></button></form><% } else { %><p role="status"><strong><%= it.outcome %></strong></p><% } %>
</body></html>`;

export const askPage = (question: string, button: string): string => eta.renderString(LAYOUT, { question, button });
export const outcomePage = (outcome: string): string => eta.renderString(LAYOUT, { outcome });
