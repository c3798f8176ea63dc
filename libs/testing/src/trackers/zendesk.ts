import { Tracker } from './tracker';

interface ZendeskTicket {
  readonly id: number;
  readonly subject: string;
  readonly external_id: string;
  readonly key: unknown;
  status: string;
  readonly comments: { readonly body: string; readonly public?: boolean }[];
}

interface Sent {
  readonly subject?: string;
  readonly status?: string;
  readonly external_id?: string;
  readonly comment?: { readonly body: string; readonly public?: boolean };
}

/** As much of Zendesk's Support API as is asked of it, for one account. */
export const startZendesk = (account: { readonly email: string; readonly apiKey: string }): Promise<Tracker<ZendeskTicket>> => {
  const authorization = `Basic ${Buffer.from(`${account.email}/token:${account.apiKey}`).toString('base64')}`;
  return Tracker.start(
    ({ method, path, query, headers, body }, tickets) => {
      const { ticket: sent = {} } = body as { readonly ticket?: Sent };
      if (path === '/api/v2/tickets.json' && method === 'GET')
        return { status: 200, body: { tickets: tickets.filter(({ external_id: id }) => id === query.get('external_id')) } };
      if (path === '/api/v2/tickets.json') {
        const key = headers['idempotency-key'];
        const known = tickets.find((each) => key !== undefined && each.key === key);
        if (known !== undefined) return { status: 201, body: { ticket: known } };
        const { subject = '', external_id: id = '', comment } = sent;
        const ticket: ZendeskTicket = {
          id: tickets.length + 1,
          subject,
          external_id: id,
          key,
          status: 'new',
          comments: comment === undefined ? [] : [comment],
        };
        tickets.push(ticket);
        return { status: 201, body: { ticket } };
      }
      const ticket = tickets.find(({ id }) => path === `/api/v2/tickets/${id}.json`);
      if (ticket === undefined || method !== 'PUT') return { status: 404, body: { error: 'RecordNotFound' } };
      if (sent.comment !== undefined) ticket.comments.push(sent.comment);
      if (sent.status !== undefined) ticket.status = sent.status;
      return { status: 200, body: { ticket } };
    },
    ({ headers }) => headers.authorization === authorization,
  );
};
