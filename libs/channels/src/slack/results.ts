import { ErrorCode } from '@slack/web-api';
import type { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import { leftAloneMs } from '@tocsin/platform';
import { failedCall } from '../call-result';
import type { CallFailed } from '../call-result';
import { NotAnswered } from './bounded-fetch';

/** Never for this message or this person, however often it is asked again. */
const PERMANENT: ReadonlySet<string> = new Set([
  'cannot_dm_bot',
  'cant_archive_required',
  'cant_invite',
  'cant_invite_self',
  'cant_update_message',
  'channel_is_archived',
  'channel_not_found',
  'edit_window_closed',
  'expired_trigger_id',
  'invalid_arguments',
  'invalid_code',
  'invalid_name',
  'invalid_name_specials',
  'invalid_trigger_id',
  'is_archived',
  'is_inactive',
  'message_not_found',
  'no_permission',
  'not_in_channel',
  'restricted_action',
  'thread_not_found',
  'too_many_members',
  'ura_max_channels',
  'user_disabled',
  'user_is_bot',
  'user_is_restricted',
  'user_is_ultra_restricted',
  'user_not_found',
  'user_team_not_in_channel',
]);

/** Slack itself does not say whether it was done. */
const UNCERTAIN: ReadonlySet<string> = new Set(['fatal_error', 'internal_error', 'request_timeout', 'service_unavailable']);

/** What Slack takes of no text, whatever its length: the message has to be said more simply. */
export const isRefusedForItsForm = ({ reason }: CallFailed): boolean =>
  ['invalid_blocks', 'msg_too_long', 'msg_blocks_too_long', 'invalid_blocks_format'].includes(reason);

/** @throws what is no failure of a call: a bug */
export const failureOf = (error: unknown): CallFailed => {
  switch ((error as { readonly code?: unknown } | null)?.code) {
    case ErrorCode.RateLimitedError:
      return failedCall('ratelimited', { retryAfterMs: leftAloneMs((error as WebAPIRateLimitedError).retryAfter) });
    case ErrorCode.PlatformError: {
      const reason = (error as WebAPIPlatformError).data.error;
      return failedCall(reason, { permanent: PERMANENT.has(reason), uncertain: UNCERTAIN.has(reason) });
    }
    case ErrorCode.HTTPError: {
      const { statusCode } = error as WebAPIHTTPError;
      return failedCall(`http_${statusCode}`, { uncertain: statusCode >= 500 });
    }
    case ErrorCode.RequestError: {
      const { original } = error as WebAPIRequestError;
      if (original instanceof NotAnswered) return failedCall(original.reason, { uncertain: original.uncertain });
      throw error;
    }
    default:
      throw error;
  }
};
