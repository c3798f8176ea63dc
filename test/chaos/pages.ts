import type { ReceivedMail } from '@tocsin/testing';
import { DUPLICATE_NOTE } from '../kills/src/audit.ts';
import { ofType } from './record.ts';
import type { AlertRecord, PageRecord } from './record.ts';

type Attempt = Extract<PageRecord['events'][number], { readonly type: 'AttemptStarted' }>;

/** Less than this is on time, by what a page says. */
export const LATE_FROM_MS = 2_000;
/** Of ten thousand attempts one may come twice where nobody had reason to doubt. */
const ATTEMPTS_PER_COPY = 10_000;

/** The mailboxes by message. */
const byMessage = (mails: readonly ReceivedMail[]): ReadonlyMap<number, readonly ReceivedMail[]> => {
  const found = new Map<number, ReceivedMail[]>();
  for (const mail of mails) {
    const id = Number(/^<notification-(\d+)@/.exec(mail.messageId)?.[1]);
    found.set(id, [...(found.get(id) ?? []), mail]);
  }
  return found;
};

interface Sent {
  readonly record: AlertRecord;
  readonly page: PageRecord;
  readonly attempts: readonly Attempt[];
  readonly mails: readonly ReceivedMail[];
}

const sentOf = (records: readonly AlertRecord[], mails: readonly ReceivedMail[]): readonly Sent[] => {
  const received = byMessage(mails);
  return records.flatMap((record) =>
    record.pages.map((page) => ({
      record,
      page,
      attempts: ofType(page.events, 'AttemptStarted'),
      mails: received.get(page.plan.notificationId) ?? [],
    })),
  );
};

/**
 * P5: the alert's stream is read after the attempt is on record. So an attempt that is on record after the answer must not
 * have called the mail server; and what crossed with the answer is not called unsent.
 */
export const pagedAfterAnswer = (records: readonly AlertRecord[], mails: readonly ReceivedMail[]): readonly string[] =>
  sentOf(records, mails).flatMap(({ record, page, attempts, mails: received }) => {
    const answer = answerTo(record, page);
    const inTime = attempts.filter(({ position }) => answer === undefined || position < answer.position);
    const tooLate = new Set(attempts.filter((attempt) => !inTime.includes(attempt)).map(({ data }) => data.attempt));
    const cancelled = ofType(page.events, 'NotificationCancelled').at(-1);
    return [
      ...ofType(page.events, 'HandedOver').flatMap(({ data }) =>
        tooLate.has(data.attempt) ? [`${page.stream}: attempt ${data.attempt} began after ${answer?.type} and was handed over`] : [],
      ),
      // Each attempt calls the server once at most, and its message says whether it is in doubt.
      ...[true, false].flatMap((isInDoubt) => {
        const came = received.filter(({ text }) => text.includes(DUPLICATE_NOTE) === isInDoubt).length;
        const might = inTime.filter(({ data }) => data.possiblyDuplicate === isInDoubt).length;
        const which = `${isInDoubt ? 'that say they may be copies' : 'that are sure to be the first'}`;
        return came > might ? [`${page.stream} came ${came} times by attempts ${which}; ${might} might send it`] : [];
      }),
      ...(cancelled !== undefined && !cancelled.data.possiblyHandedOver && received.length > 0
        ? [`${page.stream} was cancelled as never sent, and came`]
        : []),
    ];
  });

/** The first accept or resolve after the fact that the page was planned from. */
const answerTo = ({ facts }: AlertRecord, { plan }: PageRecord): AlertRecord['facts'][number] | undefined =>
  facts.find(
    (fact) =>
      fact.revision > (plan.alertRevision ?? 0) &&
      (fact.type === 'AlertAccepted' ||
        fact.type === 'AlertResolved' ||
        (fact.type === 'ResponderAccepted' && fact.data.by.type === 'user' && fact.data.by.userId === plan.userId)),
  );

/** How many attempts P5 was about. */
export const stoppedBeforeCall = (records: readonly AlertRecord[]): number =>
  sentOf(records, []).reduce((sum, { record, page, attempts }) => {
    const answer = answerTo(record, page);
    return sum + (answer === undefined ? 0 : attempts.filter(({ position }) => position > answer.position).length);
  }, 0);

const ends = ['HandedOver', 'Delivered', 'NotificationFailed', 'NotificationCancelled'] as const;

/** P7: each page has an end on record, and one that says it was handed over is in a mailbox. */
export const withoutEnd = (records: readonly AlertRecord[], mails: readonly ReceivedMail[]): readonly string[] =>
  sentOf(records, mails).flatMap(({ page, mails: received }) => [
    ...(ofType(page.events, ...ends).length === 0 ? [`${page.stream} has no end`] : []),
    ...(ofType(page.events, 'HandedOver').length > 0 && received.length === 0
      ? [`${page.stream} was handed over and is in no mailbox`]
      : []),
  ]);

/** P6: each page says how late it is, counted from when its level was due. */
export const notMarkedLate = (records: readonly AlertRecord[], mails: readonly ReceivedMail[]): readonly string[] =>
  sentOf(records, mails).flatMap(({ record, page, attempts, mails: received }) => {
    const level = ofType(record.facts, 'RespondersActivated').find(({ revision }) => revision === page.plan.alertRevision);
    const said = attempts.map(({ data }) => lateSec((level?.data.lateMs ?? 0) + data.lateMs));
    return received.flatMap(({ to, text }) => {
      const sec = Number(/This page is (\d+) s late\./.exec(text)?.[1] ?? 0);
      return said.includes(sec) ? [] : [`${page.stream} came to ${to} as ${sec} s late, and was ${said.join(' or ')} s late`];
    });
  });

const lateSec = (lateMs: number): number => (lateMs < LATE_FROM_MS ? 0 : Math.round(lateMs / 1_000));

export interface Copies {
  readonly attempts: number;
  /** Beyond the first of each message. */
  readonly copies: number;
  /** Of them those that no attempt in doubt accounts for. */
  readonly undoubted: number;
  /** Attempts in doubt after the mail server broke off without a word. */
  readonly afterNoAnswer: number;
  /** Attempts in doubt after one of which no outcome is on record: its process or the event store was gone. */
  readonly afterNoOutcome: number;
}

export const copiesOf = (records: readonly AlertRecord[], mails: readonly ReceivedMail[]): Copies => {
  let [total, copies, undoubted, afterNoAnswer, afterNoOutcome] = [0, 0, 0, 0, 0];
  for (const { page, attempts, mails: received } of sentOf(records, mails)) {
    const inDoubt = attempts.filter(({ data }) => data.possiblyDuplicate);
    total += attempts.length;
    copies += Math.max(0, received.length - 1);
    undoubted += Math.max(0, received.length - 1 - inDoubt.length);
    for (const attempt of inDoubt) {
      const doubt = doubtBefore(page, attempt);
      if (doubt === 'no answer') afterNoAnswer++;
      if (doubt === 'no outcome') afterNoOutcome++;
    }
  }
  return { attempts: total, copies, undoubted, afterNoAnswer, afterNoOutcome };
};

/** Silence of the mail server, or of the process itself: the only things after which a page may come again. */
const doubtBefore = ({ events }: PageRecord, { revision }: Attempt): 'no answer' | 'no outcome' | undefined => {
  const before = events.filter((event) => event.revision < revision);
  const failed = ofType(before, 'AttemptFailed');
  const isOpen = ({ data }: Attempt): boolean => !failed.some((failure) => failure.data.attempt === data.attempt);
  if (ofType(before, 'AttemptStarted').some(isOpen)) return 'no outcome';
  return failed.some(({ data }) => data.uncertain) ? 'no answer' : undefined;
};

/** Pages come at least once; again only where that is in doubt, and no attempt claims a doubt that nothing gave reason for. */
export const groundlessCopies = (records: readonly AlertRecord[], mails: readonly ReceivedMail[]): readonly string[] => {
  const { attempts, undoubted } = copiesOf(records, mails);
  return [
    ...(undoubted * ATTEMPTS_PER_COPY > attempts ? [`${undoubted} pages of ${attempts} attempts came again without any doubt`] : []),
    ...sentOf(records, mails).flatMap(({ page, attempts: made }) =>
      made.flatMap((attempt) =>
        attempt.data.possiblyDuplicate && doubtBefore(page, attempt) === undefined
          ? [`${page.stream}: attempt ${attempt.data.attempt} says that it may be a copy, and nothing was in doubt`]
          : [],
      ),
    ),
  ];
};
