import { rejected } from '../rejection';
import type { ConcernedResource, Rejection } from '../rejection';

/** A field that must be mended, and how. */
export const invalidSetting = (field: string, fix: string): Rejection => rejected('invalid', `${field}: ${fix}`, { field, message: fix });

/** What could be stored and would do nothing (B6). */
export const withoutEffect = (field: string, why: string): Rejection =>
  rejected('setting-without-effect', `${field}: ${why}`, { field, message: why });

/** Something that stays because others name it. */
export const stillInUse = (message: string, by: readonly ConcernedResource[]): Rejection =>
  rejected('still-in-use', message, ...by.map((resource) => ({ message: `${inWords(resource)} names it`, resource })));

/** `escalation-policy "Nights" level 2` */
export const inWords = ({ type, id, name, level }: ConcernedResource): string =>
  `${type} ${name === undefined ? id : `"${name}"`}${level === undefined ? '' : ` level ${level}`}`;
