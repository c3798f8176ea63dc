import { jsonPost } from '../chat-room';
import type { Chat } from '../chat-room';
import { plainMarkdown } from '../markdown';
import { belowTitle, boldTitle } from '../room-post';

/** A whole message is refused for one character more. All embeds together may have 6,000, and there is one. */
const MOST_DESCRIPTION = 4_096;
/** The content may have 2,000 characters, and each of these may have to be escaped. */
const LONGEST_TITLE = 900;
const colours = { alarm: 0xd92d20, attention: 0xf79009, relief: 0x12b76a, plain: 0x667085 } as const;

/** A webhook of a channel; the newer addresses name a version, and one of a thread names that. */
const ADDRESS = /^https?:\/\/[^/?#@\\\s]+\/api(?:\/v\d+)?\/webhooks\/\d+\/[\w-]+(?:\?thread_id=\d+)?$/;

export const discordChat: Chat = {
  type: 'DISCORD',
  provider: 'discord',

  problem: (url) =>
    ADDRESS.test(url) ? undefined : 'must be the URL of a webhook as Discord shows it, https://discord.com/api/webhooks/…/…',

  request: (url, post) => {
    const description = belowTitle(post, MOST_DESCRIPTION, plainMarkdown);
    return jsonPost(withAnswer(url), {
      // Telephones show the content when it arrives, and nothing of an embed.
      content: boldTitle(post, LONGEST_TITLE, plainMarkdown),
      embeds: description === '' ? [] : [{ description, color: colours[post.mood] }],
      // Whatever a tool wrote, it calls nobody.
      allowed_mentions: { parse: [] },
    });
  },

  // The webhook was deleted, or its token was.
  isGone: ({ status }) => status === 404 || status === 401,
};

/** Else Discord answers before it has looked at the message, and what is wrong with it nobody hears. */
const withAnswer = (address: string): string => {
  const url = new URL(address);
  url.searchParams.set('wait', 'true');
  return url.href;
};
