import type { Outgoing } from '@tocsin/platform';
import type { ActionCall, ActionKind } from '../action-kind';
import { filledTemplate, LONGEST_TEMPLATE, refuseBadTemplate } from '../body-template';
import { basic, found, JsonApi } from '../json-api';
import type { Params } from '../params';
import { accountParams } from '../server-url';
import { keepTicket } from '../ticket';
import type { TicketSystem } from '../ticket';

interface ServiceNowAccount {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/** Our settings, and the fields of an incident that they become. */
const fields = {
  callerId: 'caller_id',
  impact: 'impact',
  urgency: 'urgency',
  assignmentGroup: 'assignment_group',
  service: 'business_service',
  serviceOffering: 'service_offering',
  contactType: 'contact_type',
} as const;

const TABLE = '/api/now/table/incident';
const SHORT = 'sysparm_fields=sys_id,number';
const RESOLVED = '6';
const USUAL_CLOSE_CODE = 'Solved (Permanently)';

/** An incident for each alert. */
export const servicenow = (outgoing: Outgoing): ActionKind => ({
  type: 'servicenow',
  connector: { type: 'servicenow', params: accountParams(outgoing, 'username', 'password') },
  params: {
    properties: {
      ...Object.fromEntries([...Object.keys(fields), 'closeCode'].map((name) => [name, { type: 'string', maxLength: 255 }])),
      impact: { enum: ['1', '2', '3'] },
      urgency: { enum: ['1', '2', '3'] },
      bodyTemplate: { type: 'string', maxLength: LONGEST_TEMPLATE },
    },
    required: [],
    secret: [],
    complete: (params: Params): Promise<Params> => {
      if (params['bodyTemplate'] !== undefined) refuseBadTemplate('bodyTemplate', String(params['bodyTemplate']));
      return Promise.resolve(params);
    },
  },
  run: (call) => {
    const { url, username, password } = call.connectorParams as unknown as ServiceNowAccount;
    return keepTicket(incidents(new JsonApi(outgoing, url, basic(username, password)), call), call);
  },
});

const incidents = (api: JsonApi, call: ActionCall): TicketSystem => {
  const { bodyTemplate, closeCode = USUAL_CLOSE_CODE } = call.params as { readonly bodyTemplate?: string; readonly closeCode?: string };
  const set = Object.entries(fields).flatMap(([name, field]) => (call.params[name] === undefined ? [] : [[field, call.params[name]]]));
  const change = async (id: string, changes: object): Promise<void> => {
    await api.call('PATCH', `${TABLE}/${encodeURIComponent(id)}?${SHORT}`, changes);
  };
  return {
    find: async (mark) => {
      const query = `?sysparm_query=${encodeURIComponent(`correlation_id=${mark}`)}&sysparm_limit=1&${SHORT}`;
      const { result = [] } = ((await api.call('GET', `${TABLE}${query}`)) ?? {}) as { readonly result?: readonly unknown[] };
      return result.length === 0 ? undefined : found(result, 0, 'sys_id');
    },
    open: async ({ title, text, mark }) => {
      const description = bodyTemplate === undefined ? text : filledTemplate(bodyTemplate, call, { json: false });
      const incident = {
        ...Object.fromEntries(set),
        short_description: title,
        description,
        correlation_id: mark,
        correlation_display: 'Tocsin',
      };
      return found(await api.call('POST', `${TABLE}?${SHORT}`, incident), 'result', 'sys_id');
    },
    comment: (id, text) => change(id, { work_notes: text }),
    close: (id, text) => change(id, { state: RESOLVED, close_code: closeCode, close_notes: text, work_notes: text }),
  };
};
