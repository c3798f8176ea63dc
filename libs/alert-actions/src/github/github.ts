import type { Outgoing } from '@tocsin/platform';
import type { ActionKind } from '../action-kind';
import { found, JsonApi } from '../json-api';
import { keepTicket } from '../ticket';
import type { TicketSystem } from '../ticket';

interface GithubParams {
  readonly owner: string;
  readonly repository: string;
  readonly labels?: readonly string[];
}

/** Letters that GitHub takes for owners and repositories: nothing that leads elsewhere in a path. */
const NAME = { type: 'string', pattern: '^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,99})$' };

/** An issue for each alert. `base`: of GitHub's API, or of an Enterprise server's. */
export const github = (outgoing: Outgoing, base: string): ActionKind => ({
  type: 'github',
  connector: {
    type: 'github',
    params: { properties: { apiKey: { type: 'string', maxLength: 1_024 } }, required: ['apiKey'], secret: ['apiKey'] },
  },
  params: {
    properties: {
      owner: NAME,
      repository: NAME,
      labels: { type: 'array', maxItems: 20, items: { type: 'string', minLength: 1, maxLength: 50 } },
    },
    required: ['owner', 'repository'],
    secret: [],
  },
  run: (call) => {
    const { apiKey } = call.connectorParams as { readonly apiKey: string };
    const headers = { accept: 'application/vnd.github+json', authorization: `Bearer ${apiKey}`, 'x-github-api-version': '2022-11-28' };
    return keepTicket(issues(new JsonApi(outgoing, base, headers), call.params as unknown as GithubParams), call);
  },
});

const issues = (api: JsonApi, { owner, repository, labels = [] }: GithubParams): TicketSystem => {
  const path = `/repos/${owner}/${repository}/issues`;
  const comment = async (number: string, text: string): Promise<void> => {
    await api.call('POST', `${path}/${number}/comments`, { body: text });
  };
  return {
    // A search would find it only when its index has it; of the newest issues it is one at once.
    find: async (mark) => {
      const newest = (await api.call('GET', `${path}?state=all&sort=created&direction=desc&per_page=20`)) as readonly {
        readonly body?: string | null;
      }[];
      const issue = newest.find(({ body }) => body?.split('\n').includes(mark) === true);
      return issue === undefined ? undefined : found(issue, 'number');
    },
    open: async ({ title, text }) => found(await api.call('POST', path, { title, body: text, labels }), 'number'),
    comment,
    close: async (number, text) => {
      await api.call('PATCH', `${path}/${number}`, { state: 'closed', state_reason: 'completed' });
      await comment(number, text);
    },
  };
};
