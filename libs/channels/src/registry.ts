import type { NotificationMethod } from '@tocsin/domain';
import type { Settings } from '@tocsin/platform';
import { bundleSchema } from './bundle-schema';
import type { Channel } from './channel';
import type { ChatBot } from './chat-bot';
import { DevicesChannel } from './devices.channel';
import { discord } from './discord/settings';
import { smtp } from './email/settings';
import { LimitedChannel } from './limited.channel';
import { mattermost } from './mattermost/settings';
import { ntfy } from './ntfy/settings';
import { stateOf } from './provider';
import type { Provider, ProviderContext, ProviderSchema } from './provider';
import { ProviderBudget } from './provider-budget';
import { routeSchema } from './routes';
import type { MethodRoutes } from './routes';
import { sendgrid } from './sendgrid/settings';
import { signalwire } from './signalwire/settings';
import { slack } from './slack/settings';
import { smsGateway } from './sms-gateway/settings';
import { openTeamsBot, teams } from './teams/settings';
import { openTelegramBot, telegram } from './telegram/settings';
import { twilio } from './twilio/settings';
import { webPush } from './web-push/settings';

/** Every provider, and for each method the order in which they are asked where no route says otherwise. */
const providers = [smtp, sendgrid, twilio, signalwire, smsGateway, slack, telegram, teams, webPush, ntfy, discord, mattermost] as const;

type Schemas = (typeof providers)[number]['schema'];
type Merged<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void ? All : never;

/** The settings of all providers, of the routes between them and of how fast they are used; for every process alike. */
export const channelSchema: Merged<Schemas> & typeof routeSchema & typeof bundleSchema = Object.assign(
  {},
  ...providers.map(({ schema }): ProviderSchema => schema),
  routeSchema,
  bundleSchema,
) as Merged<Schemas> & typeof routeSchema & typeof bundleSchema;

export type ChannelSettings = Settings<typeof channelSchema>;

export const METHODS: readonly NotificationMethod[] = ['EMAIL', 'SMS', 'PUSH', 'VOICE', 'WHATSAPP', 'TELEGRAM', 'SLACK', 'TEAMS'];

/** What is wrong with the settings together: half of a provider's, or a route to one that there is not. */
export const channelProblems = (settings: ChannelSettings): readonly string[] => [
  ...providers.flatMap((provider) => {
    const state = stateOf(provider, settings);
    return state.on || !state.begun
      ? []
      : state.missing.map((missing) => `${missing}: must be set, too, for ${provider.name}; or none of its settings`);
  }),
  ...(providers as unknown as readonly Provider[]).flatMap((provider) => provider.problems?.(settings as never) ?? []),
  ...Object.entries(routesOf(settings)).flatMap(([method, routes]) => {
    const known = providers.filter(({ methods }) => methods.includes(method as NotificationMethod)).map(({ name }) => name as string);
    const strange = [...routes.values()].flat().filter((name) => !known.includes(name));
    return strange.map((name) => `${method}_ROUTES: there is no provider ${name} of ${method}, only ${known.join(', ') || 'none'}`);
  }),
];

/** Which methods lead somewhere with these settings; `outbox` stands in for every method without a provider. */
export const reachableMethods = (settings: ChannelSettings, outbox = false): ReadonlySet<NotificationMethod> =>
  new Set(outbox ? METHODS : providersOn(settings).flatMap(({ methods }) => methods));

export const routesOf = ({ smsRoutes, voiceRoutes }: ChannelSettings): MethodRoutes => ({
  ...(smsRoutes === undefined ? {} : { SMS: smsRoutes }),
  ...(voiceRoutes === undefined ? {} : { VOICE: voiceRoutes }),
});

/** Provider by provider `on`, or what is missing: for readiness. */
export const providerStates = (settings: ChannelSettings): Readonly<Record<string, string>> =>
  Object.fromEntries(
    providers.map((provider) => {
      const state = stateOf(provider, settings);
      return [provider.name, state.on ? 'on' : `off: ${state.missing.join(', ')} not set`];
    }),
  );

const providersOn = (settings: ChannelSettings): readonly Provider[] =>
  providers.filter((provider) => stateOf(provider, settings).on) as unknown as readonly Provider[];

export type ChannelsByMethod = ReadonlyMap<NotificationMethod, readonly Channel[]>;

/**
 * For each method its providers that are set up, in the order in which they are asked, and where wanted the outbox for every
 * method without one. Only what is used is loaded.
 */
export const openChannels = async (
  settings: ChannelSettings,
  { outbox, ...context }: ProviderContext & { readonly outbox: boolean },
): Promise<ChannelsByMethod> => {
  const opened = withAllDevices((await Promise.all(providersOn(settings).map((provider) => limited(provider, settings, context)))).flat());
  const byMethod = new Map<NotificationMethod, readonly Channel[]>();
  for (const method of METHODS) {
    const channels = opened.filter((channel) => channel.method === method);
    if (channels.length > 0) byMethod.set(method, channels);
    else if (outbox) byMethod.set(method, [await outboxFor(method)]);
  }
  return byMethod;
};

/** The bots that are set up: each has a channel, and takes answers. */
export const openChatBots = async (settings: ChannelSettings): Promise<readonly ChatBot[]> =>
  (await Promise.all([openTelegramBot(settings), openTeamsBot(settings)])).filter((bot) => bot !== undefined);

const limited = async (provider: Provider, settings: ChannelSettings, context: ProviderContext): Promise<readonly Channel[]> => {
  const channels = await provider.open(settings as never, context);
  const budget = new ProviderBudget(provider.atOnce(settings as never));
  // Devices have a budget for each host that they are at.
  return channels.map((channel) => (channel instanceof DevicesChannel ? channel : new LimitedChannel(channel, budget)));
};

/** A push goes to all devices of a person at once, whichever services they belong to. */
const withAllDevices = (channels: readonly Channel[]): readonly Channel[] => {
  const devices = channels.filter((channel) => channel instanceof DevicesChannel);
  const [first, ...others] = devices;
  if (first === undefined) return channels;
  return [...channels.filter((channel) => !(channel instanceof DevicesChannel)), others.reduce((one, other) => one.and(other), first)];
};

export const closeChannels = async (channels: ChannelsByMethod): Promise<void> => {
  await Promise.all([...channels.values()].flat().map((channel) => channel.close()));
};

const outboxFor = async (method: NotificationMethod): Promise<Channel> => {
  const { OutboxChannel } = await import('./outbox/index.js');
  return new OutboxChannel(method);
};
