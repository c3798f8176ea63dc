import { Tracker } from './tracker';

interface GithubIssue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  state: 'open' | 'closed';
  readonly comments: string[];
}

/** As much of GitHub's REST API for issues as is asked of it, for one repository and one token. */
export const startGithub = (repository: string, token: string): Promise<Tracker<GithubIssue>> =>
  Tracker.start(
    ({ method, path, query, body }, issues) => {
      const [, number, comments] = new RegExp(`^/repos/${repository}/issues(?:/(\\d+)(/comments)?)?$`).exec(path) ?? [];
      if (!path.startsWith(`/repos/${repository}/issues`)) return { status: 404, body: { message: 'Not Found' } };
      if (number === undefined && method === 'GET')
        return { status: 200, body: issues.toReversed().slice(0, Number(query.get('per_page') ?? 30)) };
      if (number === undefined && method === 'POST') {
        if (typeof body['title'] !== 'string' || body['title'] === '') return { status: 422, body: { message: 'Validation Failed' } };
        const { title, labels = [] } = body as { readonly title: string; readonly labels?: readonly string[] };
        const issue: GithubIssue = {
          number: issues.length + 1,
          title,
          body: String(body['body'] ?? ''),
          labels,
          state: 'open',
          comments: [],
        };
        issues.push(issue);
        return { status: 201, body: issue };
      }
      const issue = issues.find((each) => String(each.number) === number);
      if (issue === undefined) return { status: 404, body: { message: 'Not Found' } };
      if (method === 'POST' && comments !== undefined) {
        issue.comments.push(String(body['body']));
        return { status: 201, body: { id: issue.comments.length } };
      }
      if (method !== 'PATCH') return { status: 405 };
      issue.state = body['state'] === 'closed' ? 'closed' : 'open';
      return { status: 200, body: issue };
    },
    ({ headers }) => headers.authorization === `Bearer ${token}` && headers['user-agent'] !== undefined,
  );
