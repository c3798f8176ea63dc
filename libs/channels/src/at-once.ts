import { integerSetting } from '@tocsin/platform';
import type { Setting } from '@tocsin/platform';

const MOST = 1_000;

/** How many messages a provider is asked to take at once. */
export const atOnceSetting = (name: string, usual: number): Setting<number> =>
  integerSetting(name, { about: 'messages that it is asked to take at once, by each process; others wait', usual, min: 1, max: MOST });
