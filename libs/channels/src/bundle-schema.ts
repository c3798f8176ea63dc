import { flagSetting } from '@tocsin/platform';

/** Whether pages that come to a person faster than they can be read wait for each other. */
export const bundleSchema = {
  bundlePages: flagSetting('TOCSIN_BUNDLE_PAGES', {
    about: 'whether pages that come to one person at once go out as one message',
    usual: true,
  }),
} as const;
