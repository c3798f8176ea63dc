import type { Language, MessageContent, PageContent, VerificationContent } from '../message';
import { pageNotes, renderMessage } from '../render';
import { texts } from '../texts';
import { spokenTexts } from './spoken-texts';

/** About a quarter of a minute: whoever is woken listens to no more before a key may be pressed. */
const LONGEST_SUMMARY = 250;
/** A code is not remembered at once. */
const CODE_TIMES = 3;
/** Of many at once less is said of each, so that a key may be pressed after as long. */
const [MOST_TOLD, SUMMARY_OF_MANY] = [5, 80];

/** What a page says, without how to answer it. */
export const spokenPage = (content: PageContent): readonly string[] => {
  const t = spokenTexts[content.language];
  const { id, priority, summary, sourceName, reportTime } = content.alert;
  return [t.alert(String(id), priority, speakable(summary)), t.raised(speakable(sourceName), reportTime), ...pageNotes(content)];
};

/** What several pages say together; those that nobody would listen to any more are counted. */
export const spokenPages = (language: Language, pages: readonly PageContent[]): readonly string[] => {
  const t = spokenTexts[language];
  const told = pages.slice(0, MOST_TOLD);
  return [
    t.alerts(pages.length),
    ...told.map(({ alert: { id, priority, summary } }) => t.alert(String(id), priority, speakable(summary, SUMMARY_OF_MANY))),
    ...(pages.length > told.length ? [t.more(pages.length - told.length)] : []),
    ...(pages.some(({ possiblyDuplicate }) => possiblyDuplicate) ? [texts[language].duplicate] : []),
  ];
};

/** What any other message says. */
export const spokenMessage = (content: Exclude<MessageContent, PageContent | VerificationContent>): readonly string[] => [
  speakable(renderMessage('VOICE', content).text),
];

/** Digit by digit, as often as it takes to write it down. */
export const spokenCode = ({ language, code }: VerificationContent): readonly string[] =>
  Array.from({ length: CODE_TIMES }, () => spokenTexts[language].code([...code].join(', ')));

/** Without what a voice would stumble over or never end with, and what XML cannot hold. */
export const speakable = (text: string, longest = LONGEST_SUMMARY): string => {
  const plain = text.replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF<>|_*#`~^\\]+/gu, ' ').replaceAll(/\s+/g, ' ');
  const characters = [...plain.trim()];
  return (characters.length > longest ? `${characters.slice(0, longest).join('')} ...` : characters.join('')) || '-';
};
