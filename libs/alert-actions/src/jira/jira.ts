import type { Outgoing } from '@tocsin/platform';
import type { ActionCall, ActionKind } from '../action-kind';
import { filledTemplate, LONGEST_TEMPLATE, refuseBadTemplate } from '../body-template';
import { basic, CallFailed, found, JsonApi } from '../json-api';
import type { Params } from '../params';
import { accountParams } from '../server-url';
import { keepTicket } from '../ticket';
import type { TicketSystem } from '../ticket';

interface JiraAccount {
  readonly url: string;
  readonly email: string;
  readonly password: string;
}

interface JiraParams {
  readonly project: string;
  readonly issueType: string;
  readonly bodyTemplate?: string;
}

interface Transition {
  readonly id?: unknown;
  readonly to?: { readonly statusCategory?: { readonly key?: unknown } };
}

/** An issue for each alert, in Jira Cloud or Data Center: version 2 of the API is common to both. */
export const jira = (outgoing: Outgoing): ActionKind => ({
  type: 'jira',
  connector: { type: 'jira', params: accountParams(outgoing, 'email', 'password') },
  params: {
    properties: {
      project: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_]{0,254}$' },
      issueType: { type: 'string', minLength: 1, maxLength: 255 },
      bodyTemplate: { type: 'string', maxLength: LONGEST_TEMPLATE },
    },
    required: ['project', 'issueType'],
    secret: [],
    complete: (params: Params): Promise<Params> => {
      if (params['bodyTemplate'] !== undefined) refuseBadTemplate('bodyTemplate', String(params['bodyTemplate']));
      return Promise.resolve(params);
    },
  },
  run: (call) => {
    const { url, email, password } = call.connectorParams as unknown as JiraAccount;
    return keepTicket(issues(new JsonApi(outgoing, url, basic(email, password)), call), call);
  },
});

const issues = (api: JsonApi, call: ActionCall): TicketSystem => {
  const { project, issueType, bodyTemplate } = call.params as unknown as JiraParams;
  const at = (key: string): string => `/rest/api/2/issue/${encodeURIComponent(key)}`;
  const comment = async (key: string, body: string): Promise<void> => {
    await api.call('POST', `${at(key)}/comment`, { body });
  };
  return {
    find: async (mark) => {
      const query = `?jql=${encodeURIComponent(`project = "${project}" AND labels = "${mark}"`)}&maxResults=1&fields=key`;
      const result = await searched(api, query);
      return result.length === 0 ? undefined : found(result, 0, 'key');
    },
    open: async ({ title, text, mark }) => {
      const description = bodyTemplate === undefined ? text : filledTemplate(bodyTemplate, call, { json: false });
      const fields = {
        project: { key: project },
        issuetype: { name: issueType },
        summary: title.replaceAll(/\s+/g, ' '),
        description,
        labels: [mark],
      };
      return found(await api.call('POST', '/rest/api/2/issue', { fields }), 'key');
    },
    comment,
    close: async (key, text) => {
      const { transitions = [] } = ((await api.call('GET', `${at(key)}/transitions`)) ?? {}) as {
        readonly transitions?: readonly Transition[];
      };
      // A workflow names its steps as it likes; what is done, Jira knows. One that is done already has no such step any more.
      const done = transitions.find(({ to }) => to?.statusCategory?.key === 'done');
      if (done !== undefined) await api.call('POST', `${at(key)}/transitions`, { transition: { id: found(done, 'id') } });
      await comment(key, text);
    },
  };
};

/** Cloud has given up the older address, and Data Center has not got the newer one. */
const searched = async (api: JsonApi, query: string): Promise<readonly unknown[]> => {
  const ask = async (path: string) =>
    ((await api.call('GET', `${path}${query}`)) as { readonly issues?: readonly unknown[] } | undefined)?.issues ?? [];
  try {
    return await ask('/rest/api/2/search/jql');
  } catch (error) {
    if (error instanceof CallFailed && error.outcome.status === 404) return ask('/rest/api/2/search');
    throw error;
  }
};
