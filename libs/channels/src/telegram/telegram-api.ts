import { AllowedTargets, leftAloneMs, Outgoing, OutgoingFault, OutgoingRefused } from '@tocsin/platform';
import type { OutgoingAnswer } from '@tocsin/platform';
import { failedCall } from '../call-result';
import type { CallFailed, CallResult } from '../call-result';
import { UNTIL_PUT_RIGHT } from '../http-outcome';

export interface TelegramApiSettings {
  /** `https://api.telegram.org`, without a slash at the end. */
  readonly baseUrl: string;
  readonly token: string;
  readonly deadlineMs?: number;
}

type Json = Readonly<Record<string, unknown>>;

/** Descriptions are for people and hold what was sent: only those that mean something here are told, by a name. */
const known: readonly (readonly [RegExp, string, Partial<CallFailed>?])[] = [
  [/bot was blocked by the user/, 'blocked', { isClosed: true }],
  [/user is deactivated/, 'user_deactivated', { isClosed: true }],
  [/chat not found/, 'chat_not_found', { isClosed: true }],
  [/can't initiate conversation/, 'not_started', { isClosed: true }],
  [/message is not modified/, 'not_modified'],
  [/message to edit not found|message can't be edited|MESSAGE_ID_INVALID/, 'message_gone'],
  [/query is too old/, 'query_too_old'],
];

/** The Bot API: one request for each method, bounded in time and size, to the settings' host alone. The token stands in the path, so no URL is ever told. */
export class TelegramApi {
  private readonly outgoing: Outgoing;

  constructor(private readonly settings: TelegramApiSettings) {
    const allowed = AllowedTargets.from([new URL(settings.baseUrl).origin]);
    this.outgoing = new Outgoing({ allowed, ...(settings.deadlineMs === undefined ? {} : { timeoutMs: settings.deadlineMs }) });
  }

  async call(method: string, parameters: Json): Promise<CallResult<Json>> {
    const first = await this.asked(method, parameters);
    // A group that became a supergroup has another id from then on.
    return 'movedTo' in first ? withoutMove(await this.asked(method, { ...parameters, chat_id: first.movedTo })) : first;
  }

  private async asked(method: string, parameters: Json): Promise<CallResult<Json> | Moved> {
    const { baseUrl, token } = this.settings;
    try {
      return resultOf(
        await this.outgoing.send({
          url: `${baseUrl}/bot${token}/${method}`,
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(parameters),
        }),
      );
    } catch (error) {
      if (error instanceof OutgoingRefused) return failedCall(`not_called_${error.reason}`, { permanent: true });
      if (!(error instanceof OutgoingFault)) throw error;
      return failedCall(error.reason, { uncertain: error.mayHaveArrived });
    }
  }
}

type Moved = CallFailed & { readonly movedTo: number };

const withoutMove = (result: CallResult<Json> | Moved): CallResult<Json> => result;

const resultOf = ({ status, body }: OutgoingAnswer): CallResult<Json> | Moved => {
  const answer = jsonIn(body);
  if (status === 200)
    return answer?.['ok'] === true ? { ok: true, value: object(answer['result']) } : failedCall('no_json', { uncertain: true });
  if (status >= 500) return failedCall(`http_${status}`, { uncertain: true });
  const { retry_after: retryAfterSec, migrate_to_chat_id: movedTo } = object(answer?.['parameters']);
  if (status === 429) return failedCall('limited', typeof retryAfterSec === 'number' ? { retryAfterMs: leftAloneMs(retryAfterSec) } : {});
  if (typeof movedTo === 'number') return { ...failedCall('moved', { permanent: true }), movedTo };
  const description = String(answer?.['description'] ?? '');
  const [, reason = `http_${status}`, about] = known.find(([pattern]) => pattern.test(description)) ?? [];
  // A token that was revoked, or one that is none. What is forbidden (403) is about the chat.
  if (status === 401 || status === 404) return failedCall(reason, UNTIL_PUT_RIGHT);
  return failedCall(reason, { permanent: status !== 408, ...about });
};

const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});

const jsonIn = (text: string): Json | undefined => {
  try {
    return object(JSON.parse(text));
  } catch {
    return undefined;
  }
};
