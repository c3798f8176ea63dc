import type { EscalationPolicyId } from '@tocsin/domain';
import type { ActionCall, ActionKind, ActionOutcome } from '../action-kind';
import { invalidParam } from '../params';
import type { Params } from '../params';

/** Gives alerts to policies, here and not in another system. */
export interface Reroutes {
  /** The same call again does it once. Resolves in bounded time. */
  reroute(policyId: EscalationPolicyId, call: ActionCall): Promise<ActionOutcome>;
}

const ID = /^[1-9]\d{0,14}$/;

/** The alert goes to another policy, or anew to its own. Whether there is such a policy, the rules of actions say. */
export const reroute = (reroutes: Reroutes): ActionKind => ({
  type: 'reroute',
  params: {
    properties: { escalationPolicyId: { type: ['integer', 'string'] } },
    required: ['escalationPolicyId'],
    secret: [],
    complete: async (params: Params): Promise<Params> => {
      const id = String(params['escalationPolicyId']);
      if (!ID.test(id)) throw invalidParam('escalationPolicyId', 'must be the id of an escalation policy');
      return { escalationPolicyId: Number(id) };
    },
  },
  run: (call) => reroutes.reroute(call.params['escalationPolicyId'] as EscalationPolicyId, call),
});
