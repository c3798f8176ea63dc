import { Eta } from 'eta';

const eta = new Eta({ autoEscape: true });

const LAYOUT = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><meta name="referrer" content="no-referrer"><title><%= it.of %> – Tocsin</title>
<style>body{font-family:sans-serif;font-size:18px;line-height:1.4;margin:20px auto;max-width:34em;padding:0 12px}button,a{box-sizing:border-box;display:block;font:inherit;font-size:22px;padding:16px 28px;width:100%;border:0;border-radius:8px;background:#0a6b2d;color:#fff;text-align:center;text-decoration:none}</style></head><body><main><h1><%= it.of %> – Tocsin</h1>
<% if (it.button) { %><p><%= it.text %></p><form method="post"><button type="submit"><%= it.button %></button></form><% } else if (it.url) { %><p><%= it.text %></p><a href="<%= it.url %>"><%= it.label %></a><% } else { %><p role="status"><strong><%= it.text %></strong></p><% } %>
</main></body></html>`;

/** Pages on which a person says which account elsewhere is theirs. `of`: what the account is one of. */
export const askPage = (of: string, { question, button }: { readonly question: string; readonly button: string }): string =>
  eta.renderString(LAYOUT, { of, text: question, button });

export const outcomePage = (of: string, outcome: string): string => eta.renderString(LAYOUT, { of, text: outcome });

export const goPage = (of: string, link: { readonly text: string; readonly url: string; readonly label: string }): string =>
  eta.renderString(LAYOUT, { of, ...link });
