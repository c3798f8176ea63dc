import type { ConfigurationLookup } from '../configuration/configuration-lookup';
import { invalidSetting } from '../configuration/refusals';
import type { AlertSource, User } from '../configuration/resources';
import { isAtLeast } from '../configuration/roles';
import { seesWhatBelongsTo } from '../configuration/visibility';
import type { AlertSourceId, SlackLinkId } from '../ids';
import { rejected } from '../rejection';
import type { Instant } from '../time';
import type { AlertChannelSettings } from './alert-channel';
import type { SlackUpdateKind } from './slack-post-events';
import type { SlackLink } from './slack-resources';

export interface SlackLinkRequest {
  readonly teamId: string;
  readonly channelId: string;
  readonly sourceIds: readonly AlertSourceId[];
  readonly updates: Readonly<Record<SlackUpdateKind, boolean>>;
  readonly ownChannels?: AlertChannelSettings;
}

export interface SlackLinkChange {
  readonly by: User;
  readonly now: Instant;
  readonly configuration: ConfigurationLookup;
}

/** Until somebody switches one off for a channel (B27). */
export const allSlackUpdates: Readonly<Record<SlackUpdateKind, boolean>> = { escalations: true, assignments: true, actions: true };

/** Linking a channel shows everybody in it what a source says (B27). */
export const mayLinkSlack = ({ role }: Pick<User, 'role'>): boolean => isAtLeast(role, 'USER');

/** As in the API, for somebody who is here under no key. */
export const seesSource = (
  { id, role }: Pick<User, 'id' | 'role'>,
  { teamIds }: Pick<AlertSource, 'teamIds'>,
  configuration: ConfigurationLookup,
): boolean => seesWhatBelongsTo({ userId: id, role }, teamIds, configuration);

/** @throws Rejection `forbidden`, `invalid` */
export const createSlackLink = (id: SlackLinkId, request: SlackLinkRequest, change: SlackLinkChange): SlackLink => ({
  id,
  ...checked(request, [], change),
  createdAt: change.now,
  updatedAt: change.now,
});

/** What the person does not see stays linked: nobody removes what was not shown to them. @throws Rejection `forbidden`, `invalid` */
export const replaceSlackLink = (current: SlackLink, request: SlackLinkRequest, change: SlackLinkChange): SlackLink => ({
  id: current.id,
  ...checked(request, hiddenOf(current, change), change),
  createdAt: current.createdAt,
  updatedAt: change.now,
});

/** Whether anything is left when the person takes away all that they see. @throws Rejection `forbidden` */
export const mayEndSlackLink = (current: SlackLink, change: SlackLinkChange): boolean => {
  refuseUnlessMayLink(change);
  return hiddenOf(current, change).length === 0;
};

type Settings = Omit<SlackLink, 'id' | 'createdAt' | 'updatedAt'>;

const checked = (
  { teamId, channelId, sourceIds, updates, ownChannels }: SlackLinkRequest,
  kept: readonly AlertSourceId[],
  change: SlackLinkChange,
): Settings => {
  refuseUnlessMayLink(change);
  for (const id of sourceIds) {
    const source = change.configuration.get('source', id);
    // The same for what is not there and for what is not theirs to see: nobody learns which.
    if (source === undefined || !seesSource(change.by, source, change.configuration))
      throw invalidSetting('alertSources', `there is no alert source ${id}`);
  }
  const linked = [...new Set([...sourceIds, ...kept])].sort((a, b) => a - b);
  if (linked.length === 0) throw invalidSetting('alertSources', 'choose at least one alert source');
  const own = ownChannels === undefined ? {} : { ownChannels };
  return { teamId, channelId, sourceIds: linked, updates, ...own, language: change.by.language };
};

const refuseUnlessMayLink = ({ by }: SlackLinkChange): void => {
  if (!mayLinkSlack(by)) throw rejected('forbidden', 'linking a channel needs the role USER');
};

const hiddenOf = ({ sourceIds }: SlackLink, { by, configuration }: SlackLinkChange): readonly AlertSourceId[] =>
  sourceIds.filter((id) => {
    const source = configuration.get('source', id);
    return source !== undefined && !seesSource(by, source, configuration);
  });
