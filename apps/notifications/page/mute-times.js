/** When a mute can end, by the clock of the device. */

const HOUR_MS = 3_600_000;
const MORNING_HOUR = 8;

/** @param {Date} now @returns {{ length: 'hour' | 'fourHours' | 'morning', end: Date }[]} */
export const usualMutes = (now) => {
  const morning = new Date(now);
  // Who goes to bed after midnight means the morning that is next.
  if (now.getHours() >= MORNING_HOUR) morning.setDate(morning.getDate() + 1);
  morning.setHours(MORNING_HOUR, 0, 0, 0);
  return [
    { length: 'hour', end: new Date(now.getTime() + HOUR_MS) },
    { length: 'fourHours', end: new Date(now.getTime() + 4 * HOUR_MS) },
    { length: 'morning', end: morning },
  ];
};

/** @param {Date} date As a field for a date and a time writes it, without a zone. */
export const fieldOf = (date) => {
  const two = (/** @type {number} */ part) => String(part).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
};

/** @param {string} text @param {Date} now @returns {Date | undefined} Undefined for what is no time to come. */
export const timeToCome = (text, now) => {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) || date <= now ? undefined : date;
};
