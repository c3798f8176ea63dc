/** What is no URL has none: whoever calls it is told so. */
export const hostIn = (url: string): string => (URL.canParse(url) ? new URL(url).host : '');
