import type { Outgoing } from '@tocsin/platform';
import { refuseBadUrl } from './called-url';
import { invalidParam } from './params';
import type { Params, ParamsDefinition } from './params';

/** An account on a server whose address is part of it: `url`, and these besides, of which the last is the secret. */
export const accountParams = (outgoing: Outgoing, name: string, secret: string): ParamsDefinition => {
  const text = { type: 'string', minLength: 1, maxLength: 1_024 };
  return {
    properties: { url: { type: 'string', maxLength: 2_048 }, [name]: text, [secret]: text },
    required: ['url', name, secret],
    secret: [secret],
    complete: async (params: Params): Promise<Params> => {
      const url = String(params['url']);
      await refuseBadUrl(outgoing, 'url', url);
      const { username, password, search, hash } = new URL(url);
      if (username !== '' || password !== '' || search !== '' || hash !== '')
        throw invalidParam('url', 'must be the address of the server alone, without a name, a password, ? or #');
      return params;
    },
  };
};
