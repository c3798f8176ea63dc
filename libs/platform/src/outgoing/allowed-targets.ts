import type { BlockList } from 'node:net';
import { checked, listSetting } from '../settings';
import { isWithin, kindOfAddress, networkOf } from './networks';

/** A place a request may go to: one of the addresses its host has, and how it is asked. */
export interface Destination {
  readonly plain: boolean;
  /** As in the URL: ASCII, lower case; of an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly address: string;
}

interface AllowedTarget {
  /** Plain HTTP is allowed, too. */
  readonly plain: boolean;
  readonly port: number | undefined;
  readonly network: BlockList | undefined;
  /** A name, or `.example.org` for all names under it. */
  readonly name: string | undefined;
}

const STANDARD_PORTS: readonly number[] = [80, 443, 8443];
const GRAMMAR =
  'must be hosts, *.domains, addresses or networks like 10.0.0.0/8, each with http:// before it for plain HTTP and :port after it';

/**
 * Where requests may go besides public addresses by HTTPS on the usual ports. A name that stands here may lead to a private
 * address; where a machine keeps its keys, and this machine itself, it may not, unless an address or network says so.
 */
export class AllowedTargets {
  private constructor(private readonly targets: readonly AllowedTarget[]) {}

  /** @throws RangeError that says what would be right */
  static from(entries: readonly string[]): AllowedTargets {
    return new AllowedTargets(entries.map(targetOf));
  }

  /** Why a request may not go there; undefined when it may. */
  refuses(destination: Destination): 'address' | 'plain-http' | 'port' | undefined {
    const { plain, port, address } = destination;
    const kind = kindOfAddress(address);
    const meant = this.targets.filter((target) => isMeant(target, destination, kind));
    if (kind !== 'public' && meant.length === 0) return 'address';
    if (kind === 'public' && !plain && STANDARD_PORTS.includes(port)) return undefined;
    const asked = meant.filter((target) => target.plain || !plain);
    if (plain && asked.length === 0) return 'plain-http';
    return asked.some((target) => (target.port === undefined ? STANDARD_PORTS.includes(port) : target.port === port)) ? undefined : 'port';
  }

  /** What is wrong whatever address the host has. */
  refusesAnyAddress({ plain, host, port }: Omit<Destination, 'address'>): 'plain-http' | 'port' | undefined {
    const possible = this.targets.filter(({ network, name }) => network !== undefined || isNamed(name, host));
    const asked = possible.filter((target) => target.plain || !plain);
    if (plain && asked.length === 0) return 'plain-http';
    return STANDARD_PORTS.includes(port) || asked.some((target) => target.port === port) ? undefined : 'port';
  }
}

const isNamed = (name: string | undefined, host: string): boolean =>
  name !== undefined && (name.startsWith('.') ? host.endsWith(name) : host === name);

const isMeant = ({ network, name }: AllowedTarget, { host, address }: Destination, kind: ReturnType<typeof kindOfAddress>): boolean => {
  if (network !== undefined) return isWithin(network, address);
  if (!isNamed(name, host)) return false;
  return kind === 'public' || kind === 'inside' || (kind === 'loopback' && name === 'localhost');
};

const targetOf = (entry: string): AllowedTarget => {
  const [, scheme, rest = ''] = /^(https?:\/\/)?(.*?)\/?$/.exec(entry) ?? [];
  const whole = networkOf(rest);
  const [, bracketed, bare, port] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(rest) ?? [];
  const place = bracketed ?? bare;
  const network = whole ?? (place === undefined ? undefined : networkOf(place));
  const name = network === undefined && bare !== undefined ? nameOf(bare) : undefined;
  const isPort = port === undefined || (Number(port) >= 1 && Number(port) <= 65_535);
  if ((network === undefined && name === undefined) || !isPort) throw new RangeError(GRAMMAR);
  return { plain: scheme === 'http://', port: port === undefined ? undefined : Number(port), network, name };
};

const nameOf = (text: string): string | undefined => {
  const [, wild, domain = ''] = /^(\*\.)?(.+)$/.exec(text) ?? [];
  const url = `http://${domain}`;
  if (/[*/?#@\\]/.test(domain) || !URL.canParse(url)) return undefined;
  return `${wild === undefined ? '' : '.'}${hostOf(new URL(url))}`;
};

/** `example.org.` is the same place as `example.org`. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');

/** Undefined when all entries can be read, else what would be right. */
const problemOfEntries = (entries: readonly string[]): string | undefined => {
  try {
    AllowedTargets.from(entries);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
};

export const outgoingSchema = {
  outgoingAllow: checked(
    listSetting('TOCSIN_OUTGOING_ALLOW', {
      about: 'hosts and networks of your own that may be called, and where plain HTTP or another port may be used',
      usual: [],
    }),
    problemOfEntries,
  ),
} as const;
