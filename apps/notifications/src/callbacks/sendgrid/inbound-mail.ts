import type { IncomingMail } from '../../mail-replies/mail-replies';

export interface InboundMail extends IncomingMail {
  /** Whom it was sent to, as the header and the envelope say. */
  readonly to: string;
}

/** What Inbound Parse posts, its body being bounded already; undefined when it is no form. Files are passed over. */
export const inboundMail = async (body: Buffer, contentType: string): Promise<InboundMail | undefined> => {
  let form: FormData;
  try {
    form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return undefined;
  }
  const field = (name: string): string => {
    const value = form.get(name);
    return typeof value === 'string' ? value : '';
  };
  return { to: `${field('envelope')} ${field('to')}`, from: field('from'), headers: field('headers'), text: field('text') };
};
