import { createHash } from 'node:crypto';
import type { ToolEvent } from '@tocsin/contracts';
import { alertGuardStream, formerGrouping } from '@tocsin/domain';
import type { Alert, AlertGuardScope, AlertId, AlertSource, GroupingSettings, KeyedToolEvent, ToolEventDecision } from '@tocsin/domain';
import type { ConfigurationReader } from '@tocsin/messaging';

/** A tool event with all that says which alert it belongs to. */
export interface Subject {
  readonly source: AlertSource;
  readonly event: ToolEvent;
  readonly keyed: KeyedToolEvent;
  readonly settings: GroupingSettings;
  readonly scope: AlertGuardScope;
  readonly guardStream: string;
}

export interface Decided {
  readonly decision: ToolEventDecision;
  /** Version of the guard that it was decided from. */
  readonly seen: number;
  readonly alertOf: (alertId: AlertId) => Alert;
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * A source that was edited may have been grouped otherwise, and alerts of that time stand in the other kind of guard. What
 * belongs to one of them stays there, so that a key has one open alert over such a change, too (P2).
 */
export const beforeRegrouping = (subject: Subject, configuration: ConfigurationReader): Subject | undefined => {
  const { source, keyed, scope } = subject;
  const former = configuration.revision('source', source.id) < 1 ? undefined : formerGrouping(keyed, scope);
  return former === undefined ? undefined : { ...subject, ...former, guardStream: alertGuardStream(source.id, former.scope, sha256) };
};
