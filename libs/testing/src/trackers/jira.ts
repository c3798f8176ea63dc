import { Tracker } from './tracker';
import type { TrackerAnswer, TrackerRequest } from './tracker';

interface JiraIssue {
  readonly key: string;
  readonly fields: Readonly<Record<string, unknown>>;
  done: boolean;
  readonly comments: string[];
}

const transitions = [
  { id: '21', name: 'Start work', to: { statusCategory: { key: 'indeterminate' } } },
  { id: '31', name: 'Ship it', to: { statusCategory: { key: 'done' } } },
];

/** As much of Jira's REST API as is asked of it, for one project and one account. `cloud`: it searches at the newer address. */
export const startJira = (
  project: string,
  account: { readonly email: string; readonly password: string },
  cloud: boolean,
): Promise<Tracker<JiraIssue>> => {
  const authorization = `Basic ${Buffer.from(`${account.email}:${account.password}`).toString('base64')}`;
  return Tracker.start(
    (request, issues) => answered(request, issues, project, cloud),
    ({ headers }) => headers.authorization === authorization,
  );
};

const answered = ({ method, path, query, body }: TrackerRequest, issues: JiraIssue[], project: string, cloud: boolean): TrackerAnswer => {
  if (path === (cloud ? '/rest/api/2/search/jql' : '/rest/api/2/search')) {
    const [, label = ''] = /labels = "([^"]*)"/.exec(query.get('jql') ?? '') ?? [];
    return { status: 200, body: { issues: issues.filter(({ fields }) => (fields['labels'] as readonly string[]).includes(label)) } };
  }
  if (path === '/rest/api/2/issue' && method === 'POST') {
    const { fields } = body as {
      readonly fields: JiraIssue['fields'] & { readonly project: { readonly key: string }; readonly summary: string };
    };
    if (fields.project.key !== project) return { status: 400, body: { errors: { project: 'valid project is required' } } };
    if (/[\r\n]/.test(fields.summary))
      return { status: 400, body: { errors: { summary: 'The summary is invalid because it contains newline characters.' } } };
    const issue = { key: `${project}-${issues.length + 1}`, fields, done: false, comments: [] };
    issues.push(issue);
    return { status: 201, body: { id: String(10_000 + issues.length), key: issue.key } };
  }
  const [, key, what] = /^\/rest\/api\/2\/issue\/([^/]+)\/(comment|transitions)$/.exec(path) ?? [];
  const issue = issues.find((each) => each.key === key);
  if (issue === undefined) return { status: 404, body: { errorMessages: ['Issue does not exist'] } };
  if (what === 'comment') {
    issue.comments.push(String(body['body']));
    return { status: 201, body: { id: String(issue.comments.length) } };
  }
  if (method === 'GET') return { status: 200, body: { transitions: issue.done ? transitions.slice(0, 1) : transitions } };
  issue.done = (body as { readonly transition: { readonly id: string } }).transition.id === '31';
  return { status: 204 };
};
