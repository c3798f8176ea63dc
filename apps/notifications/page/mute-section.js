import { element, section } from './dom.js';
import { actButton, formButton } from './forms.js';
import { fieldOf, timeToCome, usualMutes } from './mute-times.js';
import { mute } from './own-settings.js';
import { WrongField } from './refusals.js';

/** @typedef {import('./forms.js').Stage} Stage */

/** @param {Stage} stage @param {import('./own-settings.js').Reach} reach */
export const muteSection = (stage, { user }) => {
  const { r } = stage;
  /** @param {Date} end */
  const muteUntil = async (end) => {
    await mute(end.toISOString());
    return r.problems.MUTED(r.time(end));
  };
  const unmute = actButton(stage, {
    name: 'mute-end',
    label: r.unmute,
    act: async () => {
      await mute(null);
      return r.unmuted;
    },
  });
  // Worked out when it is pressed: the page may have been open for hours.
  const usual = usualMutes(new Date()).flatMap(({ length }) =>
    actButton(stage, { name: `mute-${length}`, label: r.muteFor[length], act: () => muteUntil(endOf(length)) }),
  );
  const until = formButton(stage, { name: 'mute-own', label: r.muteUntil, parts: () => ownTime(stage, muteUntil) });
  return section(
    r.mute,
    element('p', {}, user.mutedUntil === undefined ? r.notMuted : r.problems.MUTED(r.time(new Date(user.mutedUntil)))),
    element('p', { className: 'quiet' }, r.muteDoes),
    ...(user.mutedUntil === undefined ? [] : unmute),
    element('div', { className: 'buttons' }, ...usual, ...until),
  );
};

/** @param {string} length */
const endOf = (length) => /** @type {{ end: Date }} */ (usualMutes(new Date()).find((each) => each.length === length)).end;

/** @param {Stage} stage @param {(end: Date) => Promise<string>} muteUntil @returns {import('./forms.js').FormParts} */
const ownTime = ({ r }, muteUntil) => {
  const control = element('input', { type: 'datetime-local', required: true, value: fieldOf(endOf('hour')) });
  return {
    title: r.muteUntil,
    fields: [{ name: 'mutedUntil', label: r.muteEnd, control }],
    send: r.muteNow,
    act: async () => {
      const end = timeToCome(control.value, new Date());
      if (end === undefined) throw new WrongField('mutedUntil', r.wrong.mutedUntil);
      return muteUntil(end);
    },
  };
};
