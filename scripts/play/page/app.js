import { countDown, drawAlerts } from './alerts.js';
import { byId, h, whenChanged } from './dom.js';
import { drawMailbox, startMailbox } from './mailbox.js';
import { drawPhone, startPhone } from './phone.js';
import { drawProviders } from './providers.js';
import { drawSlack, startSlack } from './slack.js';
import { drawTelegram, startTelegram } from './telegram.js';
import { startTool } from './tool.js';

/** @typedef {import('./dom.js').State} State */
/** @typedef {import('./dom.js').Person} Person */
/** @typedef {'tool' | 'phone' | 'mail' | 'slack' | 'providers'} Tab */

/** @type {readonly (readonly [Tab, string])[]} */
const tabs = [
  ['tool', 'Alerts'],
  ['phone', 'Phone'],
  ['mail', 'Mail'],
  ['slack', 'Chat'],
  ['providers', 'Faults'],
];
/** Where everything is seen at once; the style sheet has the same. */
const wide = window.matchMedia('(min-width: 64rem)');

/** @type {State | undefined} */
let state;
let chosen = 0;
/** Until when what came was seen, by person and tab. @type {Map<string, number>} */
const seen = new Map();
const begunAt = Date.now();

/** When something came to a person. @param {Person} person @returns {readonly (readonly [Tab, readonly number[]])[]} */
const arrivals = ({ texts, pushes, calls, mails, slack, telegram }) => [
  ['phone', [...texts.filter(({ isMine }) => !isMine), ...pushes, ...calls].map(({ at }) => at)],
  ['mail', mails.map(({ at }) => at)],
  [
    'slack',
    [...slack.messages.map(({ ts }) => Number(ts) * 1_000), ...telegram.messages.filter(({ isMine }) => !isMine).map(({ at }) => at)],
  ],
];

/** @param {Person} person @returns {ReadonlyMap<Tab, number>} */
const unseen = (person) =>
  new Map(arrivals(person).map(([tab, times]) => [tab, times.filter((at) => at > (seen.get(`${person.id} ${tab}`) ?? begunAt)).length]));

const draw = () => {
  if (state === undefined) return;
  const { people } = state;
  const person = people.find(({ id }) => id === chosen) ?? people[0];
  if (person === undefined) return;
  chosen = person.id;
  for (const [tab, times] of arrivals(person))
    if (wide.matches || document.body.dataset['tab'] === tab) seen.set(`${chosen} ${tab}`, Math.max(begunAt, ...times));
  drawPeople(people.map((each) => ({ ...named(each), count: [...unseen(each).values()].reduce((sum, count) => sum + count, 0), chosen })));
  drawTabs({ counts: [...unseen(person)], tab: document.body.dataset['tab'] });
  drawAbout(named(person));
  drawAlerts(state.alerts);
  drawProviders({ providers: state.providers, tocsin: state.tocsin });
  const { id, name, number, texts, pushes, calls } = person;
  drawPhone({ id, name, number, texts, pushes, calls });
  drawMailbox(person.mails);
  drawTelegram({ id, telegram: person.telegram });
  drawSlack(person, new Map(people.map(({ slack, name: fullName }) => [slack.id, fullName])));
};

/** @param {Person} person */
const named = ({ id, name, about, isOnCall }) => ({ id, name, about, isOnCall });

/** @param {number} count */
const badge = (count) => (count === 0 ? undefined : h('span', { class: 'badge' }, String(count)));

const drawPeople = whenChanged((/** @type {readonly (ReturnType<typeof named> & { count: number, chosen: number })[]} */ people) =>
  byId('people').replaceChildren(
    ...people.map(({ id, name, count, isOnCall }) =>
      h(
        'button',
        { type: 'button', 'aria-pressed': id === chosen ? 'true' : 'false', click: () => ((chosen = id), draw()) },
        name.split(' ')[0],
        isOnCall ? h('small', {}, 'on call') : undefined,
        badge(count),
      ),
    ),
  ),
);

/** @param {Tab} tab */
const turnTo = (tab) => {
  document.body.dataset['tab'] = tab;
  draw();
  scrollTo({ top: 0 });
  // What is not shown cannot be scrolled: the newest is looked for once it is.
  for (const list of document.querySelectorAll('.screen, .messages')) list.scrollTop = list.scrollHeight;
};

const drawTabs = whenChanged((/** @type {{ counts: (readonly [Tab, number])[], tab: string | undefined }} */ { counts, tab }) =>
  byId('tabs').replaceChildren(
    ...tabs.map(([name, title]) =>
      h(
        'button',
        { type: 'button', 'aria-pressed': name === tab ? 'true' : 'false', click: () => turnTo(name) },
        title,
        badge(new Map(counts).get(name) ?? 0),
      ),
    ),
  ),
);

const drawAbout = whenChanged((/** @type {ReturnType<typeof named>} */ { id, name, about }) =>
  byId('about').replaceChildren(
    `You are ${name}. ${about} `,
    h('a', { href: `/people/${id}/me`, target: '_blank', rel: 'noopener noreferrer' }, `Open ${name.split(' ')[0]}’s page in Tocsin`),
  ),
);

startTool();
startPhone();
startMailbox();
startSlack();
startTelegram();
wide.addEventListener('change', draw);
setInterval(countDown, 1_000);

const changes = new EventSource('/changes');
changes.addEventListener('message', ({ data }) => {
  state = JSON.parse(data);
  draw();
});
changes.addEventListener('open', () => (byId('connection').textContent = ''));
changes.addEventListener('error', () => (byId('connection').textContent = 'npm run play has ended, or cannot be reached.'));
