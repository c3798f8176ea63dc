/** What of a server's answer to `hello` says whether it has transactions. */
interface Hello {
  readonly setName?: string;
  readonly msg?: string;
  readonly isreplicaset?: boolean;
}

/**
 * A member of a replica set has no name of it until it has read its configuration, at the start and before the set was made;
 * a connection that broke has no answer. Only a server that was started to be alone stays without transactions.
 */
export const transactionsOf = (hello: Hello | undefined): 'has' | 'not yet' | 'never' => {
  if (hello === undefined) return 'not yet';
  if (hello.setName !== undefined || hello.msg === 'isdbgrid') return 'has';
  return hello.isreplicaset === true ? 'not yet' : 'never';
};
