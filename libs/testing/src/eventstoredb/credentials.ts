import { timingSafeEqual } from 'node:crypto';
import type { Metadata } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import { accessDenied, Refusal } from './refusals';

/** Passwords by user name; nobody is asked when there are none. */
export type Users = Readonly<Record<string, string>>;

/** @throws Refusal when users are known and the call is not one of theirs. */
export function authorise(users: Users | undefined, metadata: Metadata): void {
  if (users === undefined) return;
  const [header] = metadata.get('authorization');
  if (header === undefined) throw accessDenied();
  const [, encoded] = /^Basic (.+)$/i.exec(String(header)) ?? [];
  const [name = '', ...rest] = Buffer.from(encoded ?? '', 'base64')
    .toString()
    .split(':');
  if (!Object.hasOwn(users, name) || !isSame(users[name] ?? '', rest.join(':'))) {
    throw new Refusal(status.UNAUTHENTICATED, 'wrong user name or password');
  }
}

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
