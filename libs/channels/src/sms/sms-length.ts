/** GSM 03.38: what a text message has in seven bits. */
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
/** Takes the place of two. */
const EXTENDED = '^{}\\[~]|€\f';

/** Typographic characters that would make every character of the text cost more than twice as much. */
const PLAIN: Readonly<Record<string, string>> = {
  '‘': "'",
  '’': "'",
  '‚': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '«': '"',
  '»': '"',
  '–': '-',
  '—': '-',
  '‐': '-',
  '…': '...',
  '•': '*',
  '\u00a0': ' ',
  '\t': ' ',
  '`': "'",
};

export interface SmsLength {
  readonly encoding: 'GSM-7' | 'UCS-2';
  readonly segments: number;
}

/** As a carrier counts: parts of a longer text carry a header each. */
export const smsLength = (text: string): SmsLength => {
  const characters = [...text];
  const isGsm = characters.every((character) => BASIC.includes(character) || EXTENDED.includes(character));
  const units = isGsm ? characters.reduce((sum, character) => sum + (EXTENDED.includes(character) ? 2 : 1), 0) : text.length;
  const [whole, part] = isGsm ? [160, 153] : [70, 67];
  return { encoding: isGsm ? 'GSM-7' : 'UCS-2', segments: units <= whole ? 1 : Math.ceil(units / part) };
};

export const plainForSms = (text: string): string => [...text].map((character) => PLAIN[character] ?? character).join('');
