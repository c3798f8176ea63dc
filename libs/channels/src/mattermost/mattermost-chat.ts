import { jsonPost } from '../chat-room';
import type { Chat } from '../chat-room';
import { plainMarkdown } from '../markdown';
import { belowTitle, boldTitle } from '../room-post';

/** In whole characters; what is longer would be torn into several messages. */
const LONGEST = 16_383;
const LONGEST_TITLE = 1_000;
const icons = { alarm: '🔴 ', attention: '🟠 ', relief: '✅ ', plain: '' } as const;

/** A server may stand below a path. */
const ADDRESS = /^https?:\/\/[^/?#@\\\s]+(?:\/[\w.~-]+)*\/hooks\/[A-Za-z0-9]+$/;

export const mattermostChat: Chat = {
  type: 'MATTERMOST',
  provider: 'mattermost',

  problem: (url) =>
    ADDRESS.test(url) ? undefined : 'must be the URL of an incoming webhook as Mattermost shows it, https://<server>/hooks/…',

  request: (url, post) => {
    const title = `${icons[post.mood]}${boldTitle(post, LONGEST_TITLE, plain)}`;
    const below = belowTitle(post, LONGEST - title.length - 1, plain);
    return jsonPost(url, { text: below === '' ? title : `${title}\n${below}` });
  },

  // A webhook that is not there is answered like a bad request, with a word of its own for it.
  isGone: ({ status, body }) => status === 404 || (status === 400 && body.includes('web.incoming_webhook.invalid.app_error')),
};

/**
 * There is no setting by which a message calls nobody. A space without width tears apart what would: `@all`, and Slack's `<!all>`,
 * which is looked for before Markdown is.
 */
const plain = (text: string): string => plainMarkdown(text).replace(/[@<]/g, '$&\u200b');
