import { element, say, section } from './dom.js';
import { call, mailSignInLink, Refused } from './server.js';

/**
 * A link is sent to the person's own address. It works in the browser it is opened in, and an app on the home screen of an iPhone
 * has cookies of its own: so a link can be entered here as well. An API key is exchanged for such a link.
 *
 * @param {import('./texts.js').Texts} t
 */
export const signInSection = (t) => section(t.signIn, mailForm(t), linkForm(t));

/** @param {import('./texts.js').Texts} t */
const mailForm = (t) => {
  const input = element('input', { id: 'email', name: 'email', type: 'email', autocomplete: 'email', required: true });
  const form = element(
    'form',
    {},
    element('label', { htmlFor: 'email' }, t.email),
    input,
    element('button', { type: 'submit', className: 'switch' }, t.mailLink),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    mailSignInLink(input.value.trim()).then(
      () => say(t.linkMailed),
      (error) => say(!(error instanceof Refused) ? t.noServer : error.status === 429 ? t.tooOften : t.noAddress),
    );
  });
  return form;
};

/** @param {import('./texts.js').Texts} t */
const linkForm = (t) => {
  const input = element('input', { id: 'link-or-key', name: 'link-or-key', type: 'password', autocomplete: 'off', required: true });
  const form = element(
    'form',
    {},
    element('p', {}, t.signInHow),
    element('label', { htmlFor: 'link-or-key' }, t.linkOrKey),
    input,
    element('button', { type: 'submit', className: 'switch' }, t.signIn),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void signIn(input.value.trim()).catch((error) => say(error instanceof Refused ? t.wrongKey : t.noServer));
  });
  return form;
};

/** @param {string} linkOrKey */
const signIn = async (linkOrKey) => {
  const url = linkOrKey.includes('/')
    ? linkOrKey
    : (await call('POST', '/api/sign-in-links', undefined, { authorization: `Bearer ${linkOrKey}` })).url;
  const token = /\/sign-in\/([\w.~-]+)$/.exec(url)?.[1];
  if (token === undefined) throw new Refused(400);
  location.assign(`/sign-in/${token}`);
};
