import { assertNever, type Decider } from '../decider';
import { rejected } from '../rejection';
import {
  accept,
  addResponder,
  autoResolve,
  comment,
  follow,
  openOnly,
  removeResponder,
  resolve,
  toldToSubscribers,
  unfollow,
} from './alert-answers';
import type { AlertCommand } from './alert-commands';
import type { AlertEvent } from './alert-events';
import { evolveAlert } from './alert-evolve';
import { wasApplied } from './alert-key';
import {
  assign,
  escalate,
  priorityRaised,
  raise,
  raiseWaiting,
  recordEscalationEnded,
  recordLevel,
  recordNobodyOnCall,
} from './alert-paging';
import { initialAlert, type Alert, type RaisedAlert } from './alert-state';
import { acceptByTool, recordToolEventIgnored, repeat, resolveByTool } from './alert-tool-events';

const decide = (command: AlertCommand, state: Alert): readonly AlertEvent[] => {
  if (command.type === 'raise') return state.status === 'absent' ? raise(command) : [];
  if (state.status === 'absent') throw rejected('alert-not-found');
  if ('tool' in command && command.tool !== undefined && wasApplied(state.tool, command.tool.eventId, command.tool.position)) return [];
  return toldToSubscribers(decideRaised(command, state), state);
};

const decideRaised = (command: Exclude<AlertCommand, { type: 'raise' }>, state: RaisedAlert): readonly AlertEvent[] => {
  switch (command.type) {
    case 'repeat':
      return repeat(command, state);
    case 'recordToolEventIgnored':
      return recordToolEventIgnored(command, state);
    case 'acceptByTool':
      return acceptByTool(command, state);
    case 'resolveByTool':
      return resolveByTool(command, state);
    case 'accept':
      return accept(command, state);
    case 'resolve':
      return resolve(command, state);
    case 'autoResolve':
      return autoResolve(command, state);
    case 'comment':
      return comment(command, state);
    case 'raisePriority':
      return priorityRaised(openOnly(state), command.by, command.at);
    case 'raiseWaiting':
      return raiseWaiting(command, state);
    case 'addResponder':
      return addResponder(command, state);
    case 'removeResponder':
      return removeResponder(command, state);
    case 'follow':
      return follow(command, state);
    case 'unfollow':
      return unfollow(command, state);
    case 'assign':
      return assign(command, state);
    case 'escalate':
      return escalate(command, state);
    case 'recordLevel':
      return recordLevel(command, state);
    case 'recordNobodyOnCall':
      return recordNobodyOnCall(command, state);
    case 'recordEscalationEnded':
      return recordEscalationEnded(command, state);
    default:
      return assertNever(command);
  }
};

/** An alert: PENDING, ACCEPTED, RESOLVED and never reopened. Late and repeated messages change nothing. */
export const alertDecider: Decider<AlertCommand, Alert, AlertEvent> = { initial: initialAlert, decide, evolve: evolveAlert };
