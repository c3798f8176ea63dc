import {
  choiceSetting,
  flagSetting,
  integerSetting,
  listSetting,
  optional,
  parseSettings,
  portSetting,
  secretSetting,
  SettingsInvalid,
  textSetting,
  urlSetting,
} from './settings';

const schema = {
  port: portSetting('TOCSIN_PORT', { about: 'where it listens', usual: 8080 }),
  profile: choiceSetting('TOCSIN_PROFILE', ['embedded', 'cluster'], { about: 'which servers', usual: 'embedded' }),
  publicUrl: optional(urlSetting('TOCSIN_PUBLIC_URL', { about: 'base of links' })),
  retentionDays: integerSetting('TOCSIN_RETENTION_DAYS', { about: 'how long alerts are kept', usual: 400, min: 0 }),
  brokers: listSetting('KAFKA_BROKERS', { about: 'Kafka', usual: [] }),
  trust: flagSetting('TRUST', { about: 'whether', usual: false }),
  secret: secretSetting('TOCSIN_SECRET_KEY', { about: 'signs links' }),
  data: textSetting('TOCSIN_DATA_DIR', { about: 'what is kept', usual: './data' }),
};

describe('settings', () => {
  it('have their usual values and cannot be changed', () => {
    const settings = parseSettings(schema, { TOCSIN_SECRET_KEY: 'k', TOCSIN_DATA_DIR: '  ' });
    expect(settings).toEqual({
      port: 8080,
      profile: 'embedded',
      publicUrl: undefined,
      retentionDays: 400,
      brokers: [],
      trust: false,
      secret: 'k',
      data: './data',
    });
    expect(Object.isFrozen(settings)).toBe(true);
  });

  it('are read from text', () => {
    const { port, profile, publicUrl, brokers, trust } = parseSettings(schema, {
      TOCSIN_PORT: '0',
      TOCSIN_PROFILE: 'Cluster',
      TOCSIN_PUBLIC_URL: 'https://tocsin.example.org/',
      KAFKA_BROKERS: 'a:9092, b:9092,',
      TRUST: 'yes',
      TOCSIN_SECRET_KEY: 'k',
    });
    expect([port, profile, publicUrl, brokers, trust]).toEqual([0, 'cluster', 'https://tocsin.example.org', ['a:9092', 'b:9092'], true]);
  });

  it.each([
    'mongodb://tocsin:pass%2Fword@a.db:27017,b.db:27017,c.db/tocsin?replicaSet=rs0',
    'mongodb+srv://tocsin:word@db.example.org/tocsin',
    'mongodb://a/tocsin',
  ])('take the address of a group of servers: %s', (url) => {
    const group = { database: urlSetting('DATABASE', { about: 'a group', protocols: ['mongodb', 'mongodb+srv'], severalHosts: true }) };
    expect(parseSettings(group, { DATABASE: url }).database).toBe(url);
  });

  it.each(['mongodb://a:b,c/tocsin', 'mongodb://a,,c/tocsin', 'mongodb://a, c/tocsin', 'esdb://a', 'nothing', ''])(
    'refuse what is no address of a group of servers: "%s"',
    (url) => {
      const group = { database: urlSetting('DATABASE', { about: 'a group', protocols: ['mongodb'], severalHosts: true }) };
      expect(() => parseSettings(group, { DATABASE: url })).toThrow(/DATABASE: must be/);
    },
  );

  it('that are wrong are all named at once, with what would be right, and no secret is quoted', () => {
    const wrong = {
      TOCSIN_PORT: '99999',
      TOCSIN_PROFILE: 'cloud',
      TOCSIN_PUBLIC_URL: 'ftp://x',
      TOCSIN_RETENTION_DAYS: '-1',
      TRUST: 'maybe',
    };
    const problems = (() => {
      try {
        parseSettings(schema, wrong);
      } catch (error) {
        if (error instanceof SettingsInvalid) return error.problems;
      }
      return [];
    })();
    expect(problems).toEqual([
      'TOCSIN_PORT: must be a whole number from 0 to 65535, not "99999"',
      'TOCSIN_PROFILE: must be one of embedded, cluster, not "cloud"',
      'TOCSIN_PUBLIC_URL: must be a URL that starts with http:// or https://, not "ftp://x"',
      'TOCSIN_RETENTION_DAYS: must be a whole number of at least 0, not "-1"',
      'TRUST: must be true or false, not "maybe"',
      'TOCSIN_SECRET_KEY: must be set (signs links)',
    ]);
  });
});
