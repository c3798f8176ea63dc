import { publicUserRel, reasonAsSeen } from '@tocsin/contracts';
import type { LogFilterType, ResourceLookup, TextLanguage } from '@tocsin/contracts';
import { toIso } from '@tocsin/domain';
import type { Actor, AlertSourceId, Instant, PolicySnapshot, ReachabilityProblem, ResponderReason, TeamId, UserId } from '@tocsin/domain';

/** One line of an alert's timeline: what happened, and the sentence in both languages. */
export interface TimelineLine {
  readonly at: Instant;
  /** The public API's name where one fits, else ours in the same style. */
  readonly logEntryType: string;
  readonly filterTypes: readonly LogFilterType[];
  /** What the sentence says, as data; levels and passes count from 1, as in the sentence. */
  readonly vars: Readonly<Record<string, string>>;
  readonly text: Readonly<Record<TextLanguage, string>>;
}

/** Names as they are now: a person who was deleted has none any more. */
export class Names {
  constructor(readonly lookup: ResourceLookup) {}

  user(userId: UserId): string {
    const { firstName, lastName } = publicUserRel(userId, this.lookup);
    return `${firstName} ${lastName}`.trim();
  }

  team(teamId: TeamId): string {
    return this.lookup.get('team', teamId)?.name ?? `#${teamId}`;
  }

  /** As it was recorded, unless it is hidden. */
  policy({ policyId, name }: Pick<PolicySnapshot, 'policyId' | 'name'>): string {
    return this.lookup.hidden?.('policy', policyId) === undefined ? name : `#${policyId}`;
  }

  /** Without the names of what is hidden, which stand in it as they were recorded. */
  shown<Reason extends ResponderReason | ReachabilityProblem>(reason: Reason): Reason {
    return reasonAsSeen(reason, this.lookup);
  }

  source(sourceId: AlertSourceId): string {
    return this.lookup.get('source', sourceId)?.name ?? `#${sourceId}`;
  }

  actor(actor: Actor): string {
    switch (actor.type) {
      case 'user':
        return this.user(actor.userId);
      case 'source':
        return this.source(actor.sourceId);
      case 'system':
        return 'Tocsin';
    }
  }
}

export const actorVars = (actor: Actor): Record<string, string> =>
  actor.type === 'user'
    ? { userId: String(actor.userId) }
    : actor.type === 'source'
      ? { alertSourceId: String(actor.sourceId) }
      : { system: actor.part };

/** Only what is known: an empty value says nothing. */
export const vars = (values: Readonly<Record<string, string | number | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined || value === '' ? [] : [[name, String(value)]])),
  );

export const iso = (at: Instant | undefined): string | undefined => (at === undefined ? undefined : toIso(at));

/** The compiler proves that each event is told of; one that a newer version wrote during an upgrade is told of by that version (P12). */
export const untold = (_event: never): readonly [] => [];
