import { toIso } from '@tocsin/domain';
import type { ActionCall, ActionOutcome } from './action-kind';
import { alertLines } from './alert-text';
import { outcomeOfError } from './heard';
import { CallFailed } from './json-api';

export interface TicketText {
  readonly title: string;
  readonly text: string;
  /** Stands in the ticket, so that it is found again when nobody heard that it was opened. */
  readonly mark: string;
}

/** Somebody else's tickets. Each call throws `CallFailed`, or what `Outgoing` throws, when it was not done. */
export interface TicketSystem {
  /** The one with this mark, if there is one. */
  find(mark: string): Promise<string | undefined>;
  /** Resolves with what names it from then on. */
  open(ticket: TicketText): Promise<string>;
  comment(reference: string, text: string): Promise<void>;
  close(reference: string, text: string): Promise<void>;
}

const CLOSING: readonly string[] = ['alert-resolved', 'alert-auto-resolved'];
/** There is nothing to close then, and nobody wants a ticket opened for what is over. */
const OPENING_NONE: readonly string[] = [...CLOSING, 'alert-channel-detached'];
const LONGEST_TITLE = 200;

/** One ticket for each alert: opened by the first run, told of what follows, closed when the alert is resolved. */
export const keepTicket = async (system: TicketSystem, call: ActionCall): Promise<ActionOutcome> => {
  try {
    const reference = await kept(system, call);
    return { type: 'done', ...(reference === undefined ? {} : { reference }) };
  } catch (error) {
    return error instanceof CallFailed ? error.outcome : outcomeOfError(error);
  }
};

const kept = async (system: TicketSystem, call: ActionCall): Promise<string | undefined> => {
  const { trigger, reference, possiblyDone } = call;
  if (reference === undefined) {
    if (OPENING_NONE.includes(trigger)) return undefined;
    const ticket = ticketOf(call);
    const opened = possiblyDone ? await system.find(ticket.mark) : undefined;
    return opened ?? system.open(ticket);
  }
  if (CLOSING.includes(trigger)) await system.close(reference, newsOf(call));
  else await system.comment(reference, newsOf(call));
  return reference;
};

const ticketOf = ({ alert }: ActionCall): TicketText => {
  const mark = `tocsin-alert-${alert.id}`;
  return { title: alert.summary.slice(0, LONGEST_TITLE), text: [...alertLines(alert), '', mark].join('\n'), mark };
};

const newsOf = ({ alert, trigger, at }: ActionCall): string => {
  const by = alert.assignedTo === undefined ? '' : `, assigned to ${alert.assignedTo.firstName} ${alert.assignedTo.lastName}`.trimEnd();
  return `Alert #${alert.id} at ${toIso(at)}: ${trigger}, ${alert.status}${by}. ${alert.summary.slice(0, LONGEST_TITLE)}`;
};
