import type { FastifyReply } from 'fastify';
import { goPage, outcomePage } from '../callbacks/account-pages';
import { LINK_VALID_MINUTES } from './chat-people';

/** Where a person goes on to the bot. `then`: what they do there. */
export const linkPage = (
  url: string | undefined,
  { of, then }: { readonly of: string; readonly then: string },
  reply: FastifyReply,
): string => {
  if (url === undefined) {
    void reply.status(502);
    return outcomePage(of, `${of} does not answer. Try again in a moment.`);
  }
  const text = `Open this link where you have ${of}, and ${then}. It is yours alone, and counts once within ${LINK_VALID_MINUTES} minutes.`;
  return goPage(of, { text, url, label: `Open ${of}` });
};
