import { act, byId, h, whenChanged } from './dom.js';

/** @typedef {import('./dom.js').State} State */

export const drawProviders = whenChanged((/** @type {Pick<State, 'providers' | 'tocsin'>} */ { providers, tocsin }) => {
  byId('providers').replaceChildren(...providers.map(one), product(tocsin));
});

/** @param {State['providers'][number]} provider */
const one = ({ name, title, trouble, troubles }) =>
  h(
    'label',
    { class: `provider ${trouble === 'fine' ? '' : 'wrong'}` },
    h('span', {}, title),
    h(
      'select',
      { change: (event) => act('POST', `/providers/${name}`, { trouble: event.target.value }) },
      ...troubles.map((each) => h('option', { value: each.name, selected: each.name === trouble }, each.title)),
    ),
  );

/** @param {State['tocsin']} tocsin */
const product = ({ isRunning, url }) =>
  h(
    'div',
    { class: `provider ${isRunning ? '' : 'wrong'}` },
    h('span', {}, `Tocsin itself, ${url.replace('http://', '')}: ${isRunning ? 'runs' : 'is not running'}`),
    isRunning
      ? h('button', { type: 'button', class: 'chip', click: () => act('POST', '/tocsin', { state: 'killed' }) }, 'kill -9')
      : h('button', { type: 'button', class: 'chip', click: () => act('POST', '/tocsin', { state: 'running' }) }, 'Start it again'),
  );
