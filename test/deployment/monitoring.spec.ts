import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text, yaml } from './files';
import { root } from './programs';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}

const { groups } = yaml<{ groups: { rules: Rule[] }[] }>('deploy/prometheus/tocsin.rules.yaml');
const rules = groups.flatMap((group) => group.rules);
const tests = text('deploy/prometheus/tocsin.rules.test.yaml');

const documented = text('docs/reference/metrics.md')
  .split('\n')
  .filter((line) => line.startsWith('| `tocsin_'))
  .map((line) => line.split('`')[1] ?? '');

/** Names of metrics in an expression; what a histogram is made of counts as the histogram. */
const metricsIn = (expression: string): readonly string[] =>
  [...expression.matchAll(/\btocsin_[a-z0-9_]+/g)].map(([name]) => {
    const histogram = name.replace(/_(bucket|count|sum)$/, '');
    return documented.includes(name) ? name : histogram;
  });

describe('the alerts about Tocsin itself', () => {
  it('ask for metrics that exist', () => {
    const asked = rules.flatMap(({ expr }) => metricsIn(expr));
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter((name) => !documented.includes(name))).toEqual([]);
  });

  it.each(rules.map((rule) => [rule.alert, rule] as const))('have a page, a severity and a test each: %s', (name, rule) => {
    expect(rule.annotations.runbook).toBe(`docs/runbooks/${name}.md`);
    expect(text(rule.annotations.runbook)).toMatch(new RegExp(`^# ${name}\n`));
    expect(['critical', 'warning']).toContain(rule.labels.severity);
    expect(tests).toMatch(new RegExp(`alertname: ${name}\n +exp_alerts:\n`));
  });

  it('are all there is a page for', () => {
    const pages = readdirSync(join(root, 'docs/runbooks')).filter((name) => name !== 'README.md');
    expect(pages.sort()).toEqual(rules.map(({ alert }) => `${alert}.md`).sort());
    const listed = [...text('docs/runbooks/README.md').matchAll(/^\| \[(\w+)\]/gm)].map(([, name]) => `${name}.md`);
    expect(listed.sort()).toEqual(pages.sort());
  });
});

describe('the dashboard', () => {
  it('asks for metrics that exist', () => {
    const dashboard = JSON.parse(text('deploy/grafana/tocsin.json')) as { panels: { targets?: { expr: string }[] }[] };
    const asked = dashboard.panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => metricsIn(expr)));
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter((name) => !documented.includes(name))).toEqual([]);
  });
});
