export interface PublicAuditEntry {
  readonly id: string;
  readonly time: string;
  readonly actor: { readonly type: 'user' | 'source' | 'system'; readonly id: number | string };
  readonly action: 'created' | 'changed' | 'deleted';
  readonly resource: { readonly type: string; readonly id: number; readonly name?: string };
  /** Absent `before`: it was not there; absent `after`: it is not there any more. */
  readonly changes: readonly { readonly field: string; readonly before?: unknown; readonly after?: unknown }[];
  readonly correlationId: string;
  readonly remoteAddress?: string;
}

export interface PublicSignInLink {
  readonly url: string;
}
