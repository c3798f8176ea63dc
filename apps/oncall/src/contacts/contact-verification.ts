import { publicContact } from '@tocsin/contracts';
import type { PublicContact, PublicVerificationCode } from '@tocsin/contracts';
import {
  CODE_PURPOSE,
  CODE_VALID_MINUTES,
  Clock,
  codeSubject,
  contactOf,
  openChallenge,
  plusMinutes,
  refuseContactOfAnother,
  refuseMistake,
  refuseUnusableContact,
  toIso,
  verificationDecider,
  verificationStream,
  verifyContact,
  withoutEffect,
} from '@tocsin/domain';
import type { Contact, ContactId, NotificationMethod, Verification, VerificationCommand, VerificationEvent } from '@tocsin/domain';
import { CommandHandler, EventStore } from '@tocsin/event-store';
import { ConfigurationStore, IdAllocator, newUuid, SecretBox } from '@tocsin/platform';
import type { ChangeContext } from '@tocsin/platform';
import { NotificationWishes } from '../notification-wishes';
import { ReachableMethods } from '../preferences/reachable-methods';
import { People } from '../users/people';
import type { ContactOwner } from './contacts';

/** A contact of a person, as a path names it. */
export interface NamedContact extends ContactOwner {
  readonly type: Contact['type'];
  readonly id: ContactId;
}

/**
 * A contact is shown to be its person's own by a code that is sent to it. The code is made of a challenge and the secret
 * key whenever it is needed: it is stored nowhere, and no replica has to remember it.
 */
export class ContactVerification {
  private readonly handler: CommandHandler<VerificationCommand, Verification, VerificationEvent>;

  constructor(
    private readonly parts: {
      readonly eventStore: EventStore;
      readonly people: People;
      readonly store: ConfigurationStore;
      readonly ids: IdAllocator;
      readonly secrets: SecretBox;
      readonly wishes: NotificationWishes;
      readonly reachable: ReachableMethods;
      readonly clock: Clock;
    },
  ) {
    this.handler = new CommandHandler({ store: parts.eventStore, decider: verificationDecider });
  }

  /** @throws Rejection `too-many-requests`, `invalid`, `already-exists`, `setting-without-effect`, `not-found`, `forbidden`; EventStoreFault, MessageBusFault */
  async request(
    { reference, by, type, id }: NamedContact,
    method: NotificationMethod | undefined,
    context: ChangeContext,
  ): Promise<PublicVerificationCode> {
    const { people, clock, ids } = this.parts;
    const user = await people.findOwn(reference, by);
    const contact = contactOf(user, id, type);
    refuseUnusableContact(contact);
    refuseContactOfAnother(contact, { by, others: people.others(user.id) });
    const chosen = this.method(contact, method);
    const at = clock.now();
    const challenge = newUuid();
    await this.decide(user.id, { type: 'request', contactId: id, challenge, at }, context);
    const notificationId = await ids.next('notification');
    await this.parts.wishes.ask(
      { type: 'SendVerificationCode', data: { notificationId, userId: user.id, method: chosen, contactId: id, challenge, at } },
      context,
    );
    return {
      id: notificationId,
      method: chosen,
      contact: publicContact(contact),
      status: 'SCHEDULED',
      expiresAt: toIso(plusMinutes(at, CODE_VALID_MINUTES)),
    };
  }

  /** @throws Rejection `code-not-valid`, `already-exists`, `invalid`, `not-found`, `forbidden`; EventStoreFault */
  async enter({ reference, by, type, id }: NamedContact, code: string, context: ChangeContext): Promise<PublicContact> {
    const { people, store, clock } = this.parts;
    const user = await people.findOwn(reference, by);
    const contact = contactOf(user, id, type);
    const at = clock.now();
    const { events, state } = await this.decide(
      user.id,
      (known) => ({
        type: 'enter',
        contactId: id,
        at,
        isRight: this.isCode(code, user.id, contact, openChallenge(known, id, at).challenge),
      }),
      context,
    );
    if (events.some((event) => event.type === 'VerificationCodeMistaken')) refuseMistake(state, id);
    const { challenge } = openChallenge(state, id, at);
    const verified = await store.change(
      'user',
      user.id,
      (current, now) => {
        // The contact may have been given another target since: then it was not this one's code.
        if (!this.isCode(code, user.id, contactOf(current, id, type), challenge)) refuseMistake(state, id);
        return verifyContact(current, id, type, { by, now, others: people.others(user.id) });
      },
      context,
    );
    return publicContact(contactOf(verified, id, type));
  }

  private isCode(code: string, userId: number, contact: Contact, challenge: string): boolean {
    return this.parts.secrets.isShortCode(CODE_PURPOSE, codeSubject(userId, contact, challenge), code.replaceAll(/[\s-]/g, ''));
  }

  private decide(
    userId: number,
    command: VerificationCommand | ((state: Verification) => VerificationCommand),
    { requestId, actor }: ChangeContext,
  ) {
    const stream = verificationStream(userId);
    return this.handler.handle(stream, command, {
      commandId: `${requestId}:${stream}`,
      causationId: requestId,
      correlationId: requestId,
      actor,
      time: this.parts.clock.now(),
    });
  }

  private method({ type }: Contact, wanted: NotificationMethod | undefined): NotificationMethod {
    const { reachable } = this.parts;
    const method = type === 'email' ? 'EMAIL' : (wanted ?? (reachable.has('SMS') ? 'SMS' : 'VOICE'));
    if (!reachable.has(method)) throw withoutEffect('method', `no provider is set up for ${method}`);
    return method;
  }
}
