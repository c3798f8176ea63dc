import { rejected } from '../rejection';
import type { Rejection } from '../rejection';

/** A field that must be mended, and how. */
export const invalidSetting = (field: string, fix: string): Rejection => rejected('invalid', `${field}: ${fix}`, { field, fix });

/** What could be stored and would do nothing (B6). */
export const withoutEffect = (field: string, why: string): Rejection => rejected('setting-without-effect', `${field}: ${why}`, { field });
