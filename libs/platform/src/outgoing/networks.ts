import { BlockList, isIP } from 'node:net';

/** One address, or a network such as `10.0.0.0/8`; undefined when the text is neither. */
export const networkOf = (text: string): BlockList | undefined => {
  const [address = '', prefix, ...more] = text.split('/');
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  const bits = prefix === undefined ? most : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Number.NaN;
  if (version === 0 || more.length > 0 || !(bits <= most)) return undefined;
  const network = new BlockList();
  network.addSubnet(address, bits, version === 4 ? 'ipv4' : 'ipv6');
  return network;
};

export const isWithin = (network: BlockList, address: string): boolean => network.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** A host's own networks: a name that the administrator lists may lead there. */
const inside: readonly string[] = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'];
const loopbacks: readonly string[] = ['127.0.0.0/8'];
/** Nobody's public address: reserved, for documentation, multicast, link-local; clouds answer with a machine's keys on some of them. */
const nobodys: readonly string[] = [
  ...['0.0.0.0/8', '169.254.0.0/16', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '198.18.0.0/15', '198.51.100.0/24'],
  ...['203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  // Public by its number; on Azure it is the machine's own host.
  '168.63.129.16/32',
];

/** All the ways of IPv6 to say these IPv4 networks: mapped, and through a NAT64 gateway. */
const withEmbedded = (networks: readonly string[], more: readonly string[] = []): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits = '32'] = network.split('/');
    list.addSubnet(address, Number(bits), 'ipv4');
    for (const prefix of ['::ffff:', '64:ff9b::']) list.addSubnet(`${prefix}${address}`, 96 + Number(bits), 'ipv6');
  }
  for (const network of more) {
    const [address = '', bits = '128'] = network.split('/');
    list.addSubnet(address, Number(bits), 'ipv6');
  }
  return list;
};

const insideNetworks = withEmbedded(inside, ['fc00::/7']);
const loopbackNetworks = withEmbedded(loopbacks, ['::1/128']);
/** Of the global ones: documentation, tunnels that carry an IPv4 address of anybody's choice, benchmarks, what identifies and does not locate. */
const otherNetworks = withEmbedded(nobodys, ['2001:db8::/32', '3fff::/20', '2002::/16', '2001::/23']);
const globalNetworks = withEmbedded(['0.0.0.0/0'], ['2000::/3']);

/** Where an address leads. `nowhere`: link-local, metadata, multicast, unspecified, reserved, and whatever is not known to be public. */
export type AddressKind = 'public' | 'inside' | 'loopback' | 'nowhere';

export const kindOfAddress = (address: string): AddressKind => {
  if (isIP(address) === 0) return 'nowhere';
  if (isWithin(loopbackNetworks, address)) return 'loopback';
  if (isWithin(insideNetworks, address)) return 'inside';
  return isWithin(otherNetworks, address) || !isWithin(globalNetworks, address) ? 'nowhere' : 'public';
};
