import { createParamDecorator } from '@nestjs/common';
import { rejected } from '@tocsin/domain';

/** Ids of connectors and actions are texts to the outside; what is none of ours names nothing. */
export const idInText = (text: string): number => (/^[1-9]\d{0,15}$/.test(text) ? Number(text) : Number.NaN);

/** `@TextId('connector') id: ConnectorId`, from the path. @throws Rejection `not-found` */
export const TextId = createParamDecorator((what: string, context): number => {
  const { params } = context.switchToHttp().getRequest<{ readonly params: Readonly<Record<string, string | undefined>> }>();
  const text = params['id'] ?? '';
  const id = idInText(text);
  if (!Number.isSafeInteger(id)) throw rejected('not-found', `there is no ${what} ${text}`);
  return id;
});
