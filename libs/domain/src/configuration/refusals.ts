import { rejected } from '../rejection';
import type { ConcernedResource, Rejection } from '../rejection';
import type { ConfigurationLookup } from './configuration-lookup';
import type { ConfigurationKind } from './resources';

/** A field that must be mended, and how. */
export const invalidSetting = (field: string, fix: string): Rejection => rejected('invalid', `${field}: ${fix}`, { field, message: fix });

/** What could be stored and would do nothing (B6). */
export const withoutEffect = (field: string, why: string): Rejection =>
  rejected('setting-without-effect', `${field}: ${why}`, { field, message: why });

/** Something that stays because others name it. */
export const stillInUse = (message: string, by: readonly ConcernedResource[]): Rejection =>
  rejected('still-in-use', message, ...by.map((resource) => ({ message: `${inWords(resource)} names it`, resource })));

/** Something that names something else, and keeps it by that. */
export interface Naming {
  readonly kind: ConfigurationKind;
  /** In the public API's words. */
  readonly type: string;
  readonly id: number;
  readonly name: string;
}

export const naming = (kind: ConfigurationKind, type: string, list: readonly Pick<Naming, 'id' | 'name'>[]): readonly Naming[] =>
  list.map(({ id, name }) => ({ kind, type, id, name }));

/** Nothing when nobody names it. What is hidden from whoever asks keeps it as well, and is not told. @throws Rejection `still-in-use` */
export const refuseWhileNamed = (
  { named, how, by }: { readonly named: string; readonly how: string; readonly by: readonly Naming[] },
  seen: Pick<ConfigurationLookup, 'hidden'> = {},
): void => {
  if (by.length === 0) return;
  const shown = by.filter(({ kind, id }) => seen.hidden?.(kind, id) === undefined);
  const words = shown.map(({ type, name }) => `${type.replace('-', ' ')} "${name}"`);
  const others = shown.length === by.length ? [] : ['something that you do not see'];
  throw stillInUse(
    `${named} ${how} ${[...words, ...others].join(', ')}`,
    shown.map(({ type, id, name }) => ({ type, id, name })),
  );
};

/** `escalation-policy "Nights" level 2` */
export const inWords = ({ type, id, name, level }: ConcernedResource): string =>
  `${type} ${name === undefined ? id : `"${name}"`}${level === undefined ? '' : ` level ${level}`}`;
