// What the packages declare of themselves exports one name in two ways, which the compiler takes or refuses by the order in which it
// looks. These are the classes behind it, with what is used of them.
declare module '@sendgrid/client/src/classes/client' {
  class Client {
    setDefaultHeader(name: string, value: string): this;
    setDefaultRequest(request: {
      readonly baseUrl: string;
      readonly url: string;
      readonly timeout: number;
      readonly maxContentLength: number;
      readonly maxRedirects: number;
    }): this;
  }
  export = Client;
}

declare module '@sendgrid/mail/src/classes/mail-service' {
  import type Client from '@sendgrid/client/src/classes/client';

  class MailService {
    setClient(client: Client): void;
    /** Rejects with `code`: of HTTP a number, of the connection a text. */
    send(mail: {
      readonly from: string;
      readonly to: { readonly email: string };
      readonly replyTo?: string;
      readonly subject: string;
      readonly text: string;
      readonly html?: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly customArgs?: Readonly<Record<string, string>>;
      readonly trackingSettings: object;
    }): Promise<readonly [{ readonly headers: Readonly<Record<string, unknown>> }, unknown]>;
  }
  export = MailService;
}
