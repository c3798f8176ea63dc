import type { Outgoing } from '@tocsin/platform';
import type { ActionCall, ActionKind } from '../action-kind';
import { basic, found, JsonApi } from '../json-api';
import { accountParams } from '../server-url';
import { keepTicket } from '../ticket';
import type { TicketSystem } from '../ticket';

interface ZendeskAccount {
  readonly url: string;
  readonly email: string;
  readonly apiKey: string;
}

/** A ticket for each alert. */
export const zendesk = (outgoing: Outgoing): ActionKind => ({
  type: 'zendesk',
  connector: { type: 'zendesk', params: accountParams(outgoing, 'email', 'apiKey') },
  params: { properties: { priority: { enum: ['urgent', 'high', 'normal', 'low'] } }, required: [], secret: [] },
  run: (call) => {
    const { url, email, apiKey } = call.connectorParams as unknown as ZendeskAccount;
    return keepTicket(tickets(new JsonApi(outgoing, url, basic(`${email}/token`, apiKey)), call), call);
  },
});

const tickets = (api: JsonApi, { params, deliveryId }: ActionCall): TicketSystem => {
  const { priority } = params as { readonly priority?: string };
  const change = async (id: string, ticket: object): Promise<void> => {
    await api.call('PUT', `/api/v2/tickets/${encodeURIComponent(id)}.json`, { ticket });
  };
  return {
    find: async (mark) => {
      const { tickets: known = [] } = ((await api.call('GET', `/api/v2/tickets.json?external_id=${encodeURIComponent(mark)}`)) ?? {}) as {
        readonly tickets?: readonly unknown[];
      };
      return known.length === 0 ? undefined : found(known, 0, 'id');
    },
    open: async ({ title, text, mark }) => {
      const ticket = { subject: title, comment: { body: text }, external_id: mark, ...(priority === undefined ? {} : { priority }) };
      // The same key within two hours gives the same ticket, also where it cannot be found yet.
      return found(await api.call('POST', '/api/v2/tickets.json', { ticket }, { 'idempotency-key': deliveryId }), 'ticket', 'id');
    },
    // What happens to an alert is not for whoever asked for help.
    comment: (id, body) => change(id, { comment: { body, public: false } }),
    close: (id, body) => change(id, { status: 'solved', comment: { body, public: false } }),
  };
};
