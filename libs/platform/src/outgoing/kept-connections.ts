import type { LookupAddress } from 'node:dns';
import { Agent as PlainAgent } from 'node:http';
import type { AgentOptions } from 'node:http';
import { Agent as SecureAgent } from 'node:https';

/** Of a request, beside Node's own: the addresses that were checked for it. */
export interface OfChecked {
  readonly checked: readonly LookupAddress[];
}

/** Long enough for one request after the other. Later a server may be closing what a request is sent over, and nobody could say whether it arrived. */
const KEPT: AgentOptions = { keepAlive: true, timeout: 100, maxFreeSockets: 64 };
const MOST_SERVERS = 1_000;

type NameOf = Parameters<PlainAgent['getName']>[0];

const addressesOf = (options: NameOf): string =>
  ((options as Partial<OfChecked> | undefined)?.checked ?? [])
    .map(({ address }) => address)
    .sort()
    .join();

class PlainConnections extends PlainAgent {
  override getName(options?: NameOf): string {
    return `${super.getName(options)}@${addressesOf(options)}`;
  }
}

class SecureConnections extends SecureAgent {
  override getName(options?: NameOf): string {
    return `${super.getName(options)}@${addressesOf(options)}`;
  }
}

/**
 * A burst to one server, thousands of pages by push, is spared a connection and a handshake for each. A connection that is kept is
 * used again only by who may connect to these very addresses: where the name leads is asked each time.
 */
export class KeptConnections {
  private readonly plain = new PlainConnections(KEPT);
  /** A session that is taken up again would not have the server's name checked. */
  private readonly secure = new SecureConnections({ ...KEPT, maxCachedSessions: 0 });
  private readonly closing = new Set<string>();

  /** False: it gets a connection of its own. */
  for({ protocol, origin }: URL): PlainAgent | false {
    if (this.closing.has(origin)) return false;
    return protocol === 'http:' ? this.plain : this.secure;
  }

  /** A server that closes what it seemed to keep is not trusted with that again. */
  wasLost({ origin }: URL): void {
    if (this.closing.size === MOST_SERVERS) this.closing.clear();
    this.closing.add(origin);
  }
}
