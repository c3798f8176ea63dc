import { act, byId, h } from './dom.js';

const presets = [
  { name: 'Disk full', summary: 'Disk of db1 is 97 % full', details: 'At this rate it is full in 40 minutes.', alertKey: 'disk-db1' },
  { name: 'Shop is down', summary: 'The web shop answers 502', details: '3 of 3 probes failed.', alertKey: 'shop-502' },
  { name: 'Certificate', summary: 'Certificate of shop.example.org ends in 6 days', details: '', alertKey: 'cert-shop', priority: 'LOW' },
];

/** The form that posts as a monitoring tool does. */
export const startTool = () => {
  const form = /** @type {HTMLFormElement} */ (byId('event'));
  /** @param {string} name */
  const field = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  /** @param {typeof presets[number]} preset */
  const fill = ({ summary, details, alertKey, priority = 'HIGH' }) => {
    for (const [name, value] of Object.entries({ summary, details, alertKey, priority })) field(name).value = value;
  };
  byId('presets').append(
    ...presets.map((preset) => h('button', { type: 'button', class: 'chip', click: () => fill(preset) }, preset.name)),
  );
  if (presets[0] !== undefined) fill(presets[0]);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const eventType = /** @type {HTMLButtonElement} */ (event.submitter).value;
    const said = byId('event-said');
    const given = Object.fromEntries(new FormData(form));
    try {
      const { status } = await act('POST', '/events', { ...given, eventType });
      said.textContent = `${eventType} was answered ${status}: it is on disk.`;
    } catch (error) {
      said.textContent = `The tool was not answered: ${String(error)}`;
    }
  });
};
