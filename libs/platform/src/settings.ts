/** One setting: its name in the environment, what it is for, and how its text is read. */
export interface Setting<T> {
  readonly name: string;
  readonly about: string;
  /** As shown in the reference; undefined: must be given. */
  readonly usual: string | undefined;
  /** Never shown, not even in a complaint. */
  readonly secret: boolean;
  /** @throws RangeError that says what would be right */
  read(text: string): T;
  readonly absent: { readonly value: T } | undefined;
}

export type Settings<Schema extends Readonly<Record<string, Setting<unknown>>>> = {
  readonly [Name in keyof Schema]: Schema[Name] extends Setting<infer T> ? T : never;
};

/** Everything that is wrong, one line each. */
export class SettingsInvalid extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`settings:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'SettingsInvalid';
  }
}

/**
 * Reads all settings at once. An empty value counts as not given. `together`: what is wrong with them beside each other.
 * @throws SettingsInvalid
 */
export const parseSettings = <Schema extends Readonly<Record<string, Setting<unknown>>>>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
  together: (settings: Settings<Schema>) => readonly string[] = () => [],
): Settings<Schema> => {
  const problems: string[] = [];
  const read = Object.entries(schema).map(([key, setting]): [string, unknown] => {
    const text = env[setting.name]?.trim() ?? '';
    try {
      if (text !== '') return [key, setting.read(text)];
      if (setting.absent !== undefined) return [key, setting.absent.value];
      problems.push(`${setting.name}: must be set (${setting.about})`);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      problems.push(`${setting.name}: ${error.message}${setting.secret ? '' : `, not "${text}"`}`);
    }
    return [key, undefined];
  });
  const settings = Object.freeze(Object.fromEntries(read)) as Settings<Schema>;
  const all = problems.length > 0 ? problems : together(settings);
  if (all.length > 0) throw new SettingsInvalid(all);
  return settings;
};

interface About<T> {
  readonly about: string;
  readonly secret?: boolean;
  /** Without it the setting must be given; `undefined` is a value. */
  readonly usual?: T;
}

interface OptionalAbout {
  readonly about: string;
  readonly secret?: boolean;
}

type Reader<T> = (text: string) => T;

const made = <T>(name: string, about: About<T>, read: Reader<T>, show: (value: T) => string = String): Setting<T> => ({
  name,
  about: about.about,
  usual: about.usual === undefined ? undefined : show(about.usual),
  secret: about.secret ?? false,
  read,
  absent: about.usual === undefined ? undefined : { value: about.usual },
});

/** Makes a setting that may be missing. */
export const optional = <T>(setting: Setting<T>): Setting<T | undefined> => ({ ...setting, usual: '', absent: { value: undefined } });

/** Refuses some texts more; `problemOf` gives advice on what is wrong, or undefined. */
export const checked = <T>(setting: Setting<T>, problemOf: (value: T) => string | undefined): Setting<T> => ({
  ...setting,
  read: (text) => {
    const value = setting.read(text);
    const problem = problemOf(value);
    if (problem !== undefined) throw new RangeError(problem);
    return value;
  },
});

export const textSetting = (name: string, about: About<string>): Setting<string> => made(name, about, (text) => text);

export const secretSetting = (name: string, about: OptionalAbout): Setting<string> =>
  made(name, { ...about, secret: true }, (text) => text);

export const integerSetting = (name: string, about: About<number> & { readonly min?: number; readonly max?: number }): Setting<number> =>
  made(name, about, (text) => {
    const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = about;
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new RangeError(`must be a whole number${rangeWords(about.min, about.max)}`);
    return value;
  });

export const portSetting = (name: string, about: About<number>): Setting<number> => integerSetting(name, { ...about, min: 0, max: 65_535 });

export const flagSetting = (name: string, about: About<boolean>): Setting<boolean> =>
  made(name, about, (text) => {
    const value = { true: true, '1': true, yes: true, on: true, false: false, '0': false, no: false, off: false }[text.toLowerCase()];
    if (value === undefined) throw new RangeError('must be true or false');
    return value;
  });

export const choiceSetting = <const T extends string>(name: string, choices: readonly T[], about: About<T>): Setting<T> =>
  made(name, about, (text) => {
    const value = choices.find((choice) => choice === text.toLowerCase());
    if (value === undefined) throw new RangeError(`must be one of ${choices.join(', ')}`);
    return value;
  });

export const listSetting = (name: string, about: About<readonly string[]>): Setting<readonly string[]> =>
  made(
    name,
    about,
    (text) =>
      text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    (value) => value.join(','),
  );

interface UrlAbout extends About<string> {
  readonly protocols?: readonly string[];
  /** Several hosts, separated by commas, are one address: that of a group of servers. */
  readonly severalHosts?: boolean;
  /** A slash at the end is kept: it is another's URL, and to them it may be another one without. */
  readonly asGiven?: boolean;
}

/** An absolute URL of one of the protocols, without a slash at the end unless as given. */
export const urlSetting = (name: string, about: UrlAbout): Setting<string> =>
  made(name, about, (text) => {
    const protocols = about.protocols ?? ['http', 'https'];
    const addresses = about.severalHosts === true ? withEachHost(text) : [text];
    const isUrl = addresses.every((one) => URL.canParse(one) && new URL(one).hostname !== '');
    const url = isUrl ? new URL(addresses[0] ?? '') : undefined;
    if (url === undefined || !protocols.includes(url.protocol.slice(0, -1)))
      throw new RangeError(`must be a URL that starts with ${protocols.map((each) => `${each}://`).join(' or ')}`);
    return about.asGiven === true ? text : text.replace(/\/+$/, '');
  });

/** What is no URL by the standard, with one of its hosts at a time. */
const withEachHost = (text: string): readonly string[] => {
  const [, start = '', hosts = '', rest = ''] = /^([^/]+:\/\/(?:[^/?@]*@)?)([^/?]*)(.*)$/.exec(text) ?? ['', text];
  return hosts.split(',').map((host) => `${start}${host}${rest}`);
};

const rangeWords = (min: number | undefined, max: number | undefined): string => {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  return min !== undefined ? ` of at least ${min}` : max !== undefined ? ` of at most ${max}` : '';
};
