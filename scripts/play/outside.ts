import {
  MailServer,
  PushService,
  SendGridServer,
  signalwireOperator,
  SlackServer,
  SmsGateway,
  TelegramServer,
  TelephoneNetwork,
} from '@tocsin/testing';

export const OUR_NUMBER = '+4930555001';
const OUR_SECOND_NUMBER = '+4930555002';
const OUR_ADDRESS = 'tocsin@example.net';

/** Every system of somebody else that the product talks to, each a server of its own on 127.0.0.1. */
export interface Outside {
  readonly network: TelephoneNetwork;
  /** Calls when that one does not. */
  readonly secondNetwork: TelephoneNetwork;
  readonly gateway: SmsGateway;
  readonly mail: MailServer;
  readonly sendgrid: SendGridServer;
  readonly slack: SlackServer;
  readonly telegram: TelegramServer;
  readonly push: PushService;
  /** What tells the product to use them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the product answers them. */
  callBack(productUrl: string): void;
  stop(): Promise<void>;
}

/** Who texts and calls, by the names that the product has for them. */
export const telephoneNetworks = ({
  network,
  secondNetwork,
}: Outside): readonly { readonly via: string; readonly network: TelephoneNetwork }[] => [
  { via: 'twilio', network },
  { via: 'signalwire', network: secondNetwork },
];

export const startOutside = async (): Promise<Outside> => {
  const [network, secondNetwork, gateway, mail, sendgrid, slack, telegram, push] = await Promise.all([
    TelephoneNetwork.start(),
    TelephoneNetwork.start(signalwireOperator),
    SmsGateway.start(),
    MailServer.start(),
    SendGridServer.start(),
    SlackServer.start(),
    TelegramServer.start(),
    PushService.start(),
  ]);
  return {
    ...{ network, secondNetwork, gateway, mail, sendgrid, slack, telegram, push },
    environment: {
      ...network.environment(OUR_NUMBER),
      ...secondNetwork.environment(OUR_SECOND_NUMBER),
      // Texts have a second provider of another kind.
      SMS_ROUTES: '*=twilio,gateway',
      ...gateway.environment,
      ...sendgrid.environment(OUR_ADDRESS),
      ...slack.settings,
      ...telegram.settings,
      SMTP_URL: mail.url,
      TOCSIN_OUTGOING_ALLOW: push.url,
    },
    callBack: (productUrl) => {
      const at = (path: string) => () => `${productUrl}/api/callbacks/${path}`;
      network.inboundUrl = at('twilio/sms');
      network.inboundCallUrl = at('twilio/voice');
      secondNetwork.inboundUrl = at('signalwire/sms');
      secondNetwork.inboundCallUrl = at('signalwire/voice');
      sendgrid.eventsUrl = at('sendgrid/events');
      sendgrid.inboundUrl = at('sendgrid/inbound');
      for (const chat of [slack, telegram]) chat.callsBack((path) => `${productUrl}${path}`);
    },
    stop: async () => {
      await Promise.all([network, secondNetwork, gateway, mail, sendgrid, slack, telegram, push].map((server) => server.stop()));
    },
  };
};
