import { isDeepStrictEqual } from 'node:util';
import { checkedParams } from '@tocsin/alert-actions';
import type { Params, ParamsDefinition } from '@tocsin/alert-actions';
import type { TypeParams } from '@tocsin/domain';
import { SecretBox, SecretUnreadable } from '@tocsin/platform';

/** Settings of connectors and actions between what people send and what is stored: secrets are encrypted there. */
export class StoredParams {
  constructor(private readonly secrets: SecretBox) {}

  /** `before`: of something that is replaced. @throws Rejection `invalid`, `setting-without-effect` */
  async checked(definition: ParamsDefinition, sent: unknown, before?: TypeParams): Promise<TypeParams> {
    const known = before === undefined ? undefined : this.opened(before);
    const all = Object.entries(await checkedParams(definition, sent, known));
    const isSecret = ([name]: readonly [string, unknown]): boolean => definition.secret.includes(name);
    const secret = Object.fromEntries(all.filter(isSecret));
    const params = Object.fromEntries(all.filter((entry) => !isSecret(entry)));
    if (Object.keys(secret).length === 0) return { params };
    const knownSecret = Object.fromEntries(Object.entries(known ?? {}).filter(isSecret));
    // The same secrets are no change, though they would be encrypted to another text.
    const isSame = before?.secretParams !== undefined && isDeepStrictEqual(secret, knownSecret);
    return { params, secretParams: isSame ? before.secretParams : this.secrets.encrypt(JSON.stringify(secret)) };
  }

  /** With the secrets; without them when the secret key that they were encrypted with is lost. */
  opened({ params, secretParams }: TypeParams): Params {
    if (secretParams === undefined) return params;
    try {
      return { ...params, ...(JSON.parse(this.secrets.decrypt(secretParams)) as Params) };
    } catch (error) {
      if (error instanceof SecretUnreadable && error.reason === 'unknown-key') return params;
      throw error;
    }
  }
}
