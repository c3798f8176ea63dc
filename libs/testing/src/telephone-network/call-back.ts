import { createHmac } from 'node:crypto';

export type Form = Readonly<Record<string, string>>;

/** As the network signs what it posts: the URL, then names and values in the order of the names. */
export const signatureOf = (key: string, url: string, form: Form): string => {
  const signed = Object.keys(form)
    .sort()
    .reduce((text, name) => `${text}${name}${form[name]}`, url);
  return createHmac('sha1', key).update(signed).digest('base64');
};

export interface CallBackAnswer {
  readonly status: number;
  readonly text: string;
  readonly contentType: string;
}

/** Posts a form with its signature, or with another one. */
export const callBack = async (url: string, form: Form, signature: string, header = 'x-twilio-signature'): Promise<CallBackAnswer> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', [header]: signature },
    body: new URLSearchParams(form).toString(),
  });
  return { status: response.status, text: await response.text(), contentType: response.headers.get('content-type') ?? '' };
};
