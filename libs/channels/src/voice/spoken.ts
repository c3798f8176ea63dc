import type { MessageContent, PageContent, VerificationContent } from '../message';
import { pageNotes, renderMessage } from '../render';
import { spokenTexts } from './spoken-texts';

/** About a quarter of a minute: whoever is woken listens to no more before a key may be pressed. */
const LONGEST_SUMMARY = 250;
/** A code is not remembered at once. */
const CODE_TIMES = 3;

/** What a page says, without how to answer it. */
export const spokenPage = (content: PageContent): readonly string[] => {
  const t = spokenTexts[content.language];
  const { id, priority, summary, sourceName, reportTime } = content.alert;
  return [t.alert(String(id), priority, speakable(summary)), t.raised(speakable(sourceName), reportTime), ...pageNotes(content)];
};

/** What any other message says. */
export const spokenMessage = (content: Exclude<MessageContent, PageContent | VerificationContent>): readonly string[] => [
  speakable(renderMessage('VOICE', content).text),
];

/** Digit by digit, as often as it takes to write it down. */
export const spokenCode = ({ language, code }: VerificationContent): readonly string[] =>
  Array.from({ length: CODE_TIMES }, () => spokenTexts[language].code([...code].join(', ')));

/** Without what a voice would stumble over or never end with, and what XML cannot hold. */
export const speakable = (text: string): string => {
  const plain = text.replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF<>|_*#`~^\\]+/gu, ' ').replaceAll(/\s+/g, ' ');
  const characters = [...plain.trim()];
  return (characters.length > LONGEST_SUMMARY ? `${characters.slice(0, LONGEST_SUMMARY).join('')} ...` : characters.join('')) || '-';
};
