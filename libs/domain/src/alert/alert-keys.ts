import type { AlertEventOf } from './alert-events';
import { normaliseAlertKey, type OpenKey } from './alert-key';

/** The keys of an alert: its own, or those of a group, each open until the tool resolves it (B19). */
export interface AlertKeys {
  readonly grouping: 'key' | 'mode';
  readonly open: readonly OpenKey[];
  /** Episodes that the tool ended, newest last: firing again in one of them is a late duplicate (B18). */
  readonly over: readonly Required<OpenKey>[];
}

const EPISODES_OF_A_KEY = 2;
const EPISODES_OF_AN_ALERT = 2_000;

export const initialKeys = ({ alertKey, openKeys, grouping }: AlertEventOf<'AlertRaised'>['data']): AlertKeys => {
  const key = normaliseAlertKey(alertKey);
  return { grouping: grouping ?? 'key', open: openKeys ?? (key === undefined ? [] : [{ key }]), over: [] };
};

export const openKey = (keys: AlertKeys, key: string): OpenKey | undefined => keys.open.find((open) => open.key === key);

export const isOver = (keys: AlertKeys, key: string, episode: string | undefined): boolean =>
  episode !== undefined && keys.over.some((over) => over.key === key && over.episode === episode);

const ended = (keys: AlertKeys, key: string, episode: string | undefined): AlertKeys => {
  if (episode === undefined || isOver(keys, key, episode)) return keys;
  const ofKey = keys.over.filter((over) => over.key === key);
  const forgotten = ofKey.length < EPISODES_OF_A_KEY ? undefined : ofKey[0];
  return { ...keys, over: [...keys.over.filter((over) => over !== forgotten), { key, episode }].slice(-EPISODES_OF_AN_ALERT) };
};

/** The key is open, in this episode; the one that it was in before is over. */
export const withJoined = (keys: AlertKeys, { key, episode }: OpenKey): AlertKeys => {
  const before = openKey(keys, key);
  const now: OpenKey = episode === undefined ? { key } : { key, episode };
  if (before === undefined) return { ...keys, open: [...keys.open, now] };
  const open = keys.open.map((known) => (known === before ? now : known));
  return before.episode === episode ? keys : { ...ended(keys, key, before.episode), open };
};

/** The tool resolved the key; where it named no episode, the one that was open is over. */
export const withResolved = (keys: AlertKeys, { key, episode }: OpenKey): AlertKeys => {
  const before = openKey(keys, key);
  const open = keys.open.filter((known) => known !== before);
  return { ...ended(ended(keys, key, before?.episode), key, episode), open };
};

/** The tool resolved the whole alert. */
export const withAllResolved = (keys: AlertKeys): AlertKeys => keys.open.reduce(withResolved, keys);
