import { services } from '@tocsin/contracts';
import { describeWith, fetched, run } from './programs';

const composeAtHand = (): readonly [string, ...string[]] | undefined => {
  if (run('docker', ['compose', 'version']).status === 0) return ['docker', 'compose'];
  const path = fetched('compose');
  return path === undefined ? undefined : [path];
};

describeWith('docker compose', composeAtHand(), ([command, ...first]) => {
  const secrets = { TOCSIN_SECRET_KEY: 'of-the-test', TOCSIN_BOOTSTRAP_API_KEY: 'tk_of-the-test' };
  const config = (env: object) =>
    run(command, [...first, '--file', 'docker/compose.yaml', 'config', '--format', 'json'], { env: { PATH: process.env['PATH'], ...env } });

  it('the composition is valid, and every service is told the same', () => {
    const { status, stdout, stderr } = config(secrets);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { services: composed } = JSON.parse(stdout) as { services: Record<string, { environment?: Record<string, string> }> };
    const told = (setting: string) => Object.keys(composed).filter((name) => composed[name]?.environment?.[setting] !== undefined);
    expect(told('KAFKA_BROKERS').toSorted()).toEqual(Object.keys(services).toSorted());
    for (const name of Object.keys(services)) expect(composed[name]?.environment?.['KAFKA_BROKERS']).toBe('kafka:9092');
    expect(told('TOCSIN_BOOTSTRAP_API_KEY')).toEqual(['oncall']);
  });

  it('the composition is refused without secrets', () => {
    const { status, stderr } = config({});
    expect(status).not.toBe(0);
    expect(stderr).toContain('TOCSIN_');
  });
});
