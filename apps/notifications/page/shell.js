/** The page itself, without what it shows: kept, so that it opens without a network. What the server has comes first. */

const KEPT = 'tocsin-page';
export const FILES = [
  '/me',
  ...[
    ...['app', 'alert-list', 'dom', 'ntfy-apps', 'on-call-list', 'push-switch', 'server', 'sign-in-form', 'texts', 'waiting-answers'],
    ...[
      'forms',
      'mute-section',
      'mute-times',
      'own-settings',
      'reach-summary',
      'reach-texts',
      'reach-texts-de',
      'reach-texts-en',
      'reach-view',
      'refusals',
      'view-links',
    ],
    ...['chats-section', 'contacts-section', 'regions', 'rule-ways', 'rules-section', 'sent-message'],
  ].map((name) => `/me/${name}.js`),
  ...['style.css', 'manifest.webmanifest', 'icon.svg', 'icon-192.png'].map((name) => `/me/${name}`),
];

export const keepShell = async () => (await caches.open(KEPT)).addAll(FILES);

/** @param {Request} request @returns {Promise<Response> | undefined} undefined for what is not part of it */
export const shell = (request) => {
  const { pathname, origin } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin || !FILES.includes(pathname)) return undefined;
  return fetch(request).catch(async (error) => {
    const kept = await caches.match(pathname);
    if (kept === undefined) throw error;
    return kept;
  });
};
