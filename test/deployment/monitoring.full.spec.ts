import { describeWith, fetched, run } from './programs';

describeWith('promtool', fetched('promtool'), (promtool) => {
  it('the alerts are valid', () => {
    expect(run(promtool, ['check', 'rules', 'deploy/prometheus/tocsin.rules.yaml'])).toMatchObject({ status: 0 });
  });

  it('the alerts fire when they say, and not when they do not', () => {
    expect(run(promtool, ['test', 'rules', 'deploy/prometheus/tocsin.rules.test.yaml'])).toMatchObject({ status: 0 });
  });
});
