import type { Instant } from '@tocsin/domain';
import type { ActionCall, ActionKind, ActionOutcome } from '../action-kind';
import { invalidParam } from '../params';
import type { Params } from '../params';

/** Messages of actions go to the workspace, and within the limits, of everything else that is shown in Slack. */
export interface SlackChannels {
  /** Whether there is a workspace to be set up in. */
  readonly isSetUp: boolean;
  /** Which workspace it is; undefined while that cannot be said. */
  team(): Promise<string | undefined>;
  /** When Slack has room for the call; a place that is kept until `show`. */
  roomFor(channelId: string, call: Pick<ActionCall, 'deliveryId' | 'reference'>, now: Instant): Instant;
  /**
   * The alert as one message: posted by the first call, edited by those after it, with what happened in its thread. A call that
   * is repeated leaves nothing there twice. Resolves in bounded time; its reference is where the message stands.
   */
  show(channelId: string, call: ActionCall): Promise<ActionOutcome>;
}

interface SlackParams {
  readonly channelId: string;
  readonly teamId?: string;
}

const LABEL = { type: 'string', maxLength: 255 };

/** An alert as a message in one channel, with the buttons to answer it. `channelName` and `teamDomain` are for people to read. */
export const slack = (channels: SlackChannels): ActionKind => ({
  type: 'slack',
  connector: { type: 'slack', params: { properties: {}, required: [], secret: [] } },
  params: {
    properties: { channelId: LABEL, channelName: LABEL, teamDomain: LABEL, teamId: LABEL },
    required: ['channelId'],
    secret: [],
    complete: async (params: Params): Promise<Params> => {
      const { channelId, teamId } = params as unknown as SlackParams;
      if (!/^[CG][A-Z0-9]{2,30}$/.test(channelId))
        throw invalidParam('channelId', 'must be the id of a channel, such as C024BE91L: Slack shows it among the details of the channel');
      if (!channels.isSetUp) throw invalidParam('channelId', 'there is no Slack to write to: set SLACK_SIGNING_SECRET and a token first');
      const team = teamId === undefined ? undefined : await channels.team();
      if (team !== undefined && team !== teamId) throw invalidParam('teamId', 'must be the workspace that the app is installed in');
      return params;
    },
  },
  roomFor: (call, now) => channels.roomFor(channelOf(call), call, now),
  run: (call) => channels.show(channelOf(call), call),
});

const channelOf = ({ params }: Pick<ActionCall, 'params'>): string => (params as unknown as SlackParams).channelId;
