import { checked, optional, secretSetting, textSetting } from '@tocsin/platform';
import { DevicesChannel } from '../devices.channel';
import type { Provider } from '../provider';

/** With the push service of one browser. */
const AT_ONCE = 50;
const PUBLIC_KEY_BYTES = 65;
const PRIVATE_KEY_BYTES = 32;

const keyOf =
  (bytes: number) =>
  (text: string): string | undefined =>
    /^[\w-]+=*$/.test(text) && Buffer.from(text, 'base64url').length === bytes ? undefined : `must be ${bytes} bytes, base64url`;

const schema = {
  vapidPublicKey: optional(
    checked(
      textSetting('VAPID_PUBLIC_KEY', {
        about: 'names this installation to the push services of browsers; without it a pair is made once',
      }),
      keyOf(PUBLIC_KEY_BYTES),
    ),
  ),
  vapidPrivateKey: optional(checked(secretSetting('VAPID_PRIVATE_KEY', { about: 'goes with VAPID_PUBLIC_KEY' }), keyOf(PRIVATE_KEY_BYTES))),
  vapidSubject: optional(
    checked(
      textSetting('VAPID_SUBJECT', {
        about: 'whom a push service may write to, mailto: or https:; without it the public URL, if that is https, else MAIL_FROM',
      }),
      (text) => (/^(?:mailto:.+@.+|https:\/\/.+)$/.test(text) ? undefined : 'must start with mailto: or https://'),
    ),
  ),
} as const;

/** Pushes to browsers. It needs no account anywhere, so it is always on. */
export const webPush: Provider<typeof schema> = {
  name: 'webpush',
  methods: ['PUSH'],
  schema,
  needs: [[]],
  problems: ({ vapidPublicKey, vapidPrivateKey }) => {
    if ((vapidPublicKey === undefined) === (vapidPrivateKey === undefined)) return [];
    const missing = vapidPublicKey === undefined ? 'VAPID_PUBLIC_KEY' : 'VAPID_PRIVATE_KEY';
    return [`${missing}: must be set, too, for webpush; or none of its keys`];
  },
  atOnce: () => AT_ONCE,
  open: async (_settings, { push }) => {
    if (push === undefined) return [];
    const { WebPushService } = await import('./index.js');
    return [new DevicesChannel([new WebPushService(push, AT_ONCE)], push.openAddress)];
  },
};
