import { element, say, section } from './dom.js';
import { call, Refused } from './server.js';

/**
 * A link works in the browser it is opened in, and an app on the home screen of an iPhone has cookies of its own: so the
 * link can be entered here as well. An API key is exchanged for such a link.
 *
 * @param {import('./texts.js').Texts} t
 */
export const signInSection = (t) => {
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
  return section(t.signIn, form);
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
