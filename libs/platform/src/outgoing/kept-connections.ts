import { Agent as PlainAgent } from 'node:http';
import type { AgentOptions } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import type { LookupAddress } from 'node:dns';

/** Of a request, beside Node's own: the addresses that were checked for it. */
export interface OfChecked {
  readonly checked: readonly LookupAddress[];
}

/**
 * A burst to one server, thousands of pages by push, is spared a connection and a handshake for each. Much longer than this between
 * two requests a server may be closing what the second one is sent over, and nobody could say whether it had arrived.
 */
const KEPT: AgentOptions = { keepAlive: true, timeout: 1_000, maxFreeSockets: 64 };

type NameOf = Parameters<PlainAgent['getName']>[0];

const addressesOf = (options: NameOf): string =>
  ((options as Partial<OfChecked> | undefined)?.checked ?? [])
    .map(({ address }) => address)
    .sort()
    .join();

/** A connection that is kept is used again only by who may connect to these very addresses: where the name leads is asked each time. */
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

export const keptConnections = (): { readonly plain: PlainAgent; readonly secure: SecureAgent } => ({
  plain: new PlainConnections(KEPT),
  secure: new SecureConnections(KEPT),
});
