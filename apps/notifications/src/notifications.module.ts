import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { actionKinds } from '@tocsin/alert-actions';
import type { ActionSettings } from '@tocsin/alert-actions';
import { pagesBy, slackPages } from '@tocsin/channels';
import type { Channel, ChatBot, MethodRoutes, PushContext } from '@tocsin/channels';
import { actionDueOf, notificationDueOf } from '@tocsin/domain';
import type { ActionEvent, Instant, NotificationEvent, NotificationMethod } from '@tocsin/domain';
import {
  Heartbeat,
  inTraceOfStream,
  isProbeStream,
  measureTimers,
  PeopleReadiness,
  probeCategory,
  probeDueOf,
  readModelLog,
  SignInLinks,
} from '@tocsin/platform';
import type { Platform } from '@tocsin/platform';
import { platformProviders } from '@tocsin/platform/nest';
import {
  ALERT_ACTIONS_VIEW,
  alertActionsView,
  DueTimers,
  NOTIFICATIONS_VIEW,
  notificationsView,
  ProjectionRunner,
} from '@tocsin/read-models';
import type { Firing } from '@tocsin/read-models';
import { actionChats } from './alert-actions/action-chats';
import { ActionConditions } from './alert-actions/action-conditions';
import { ActionDelivery } from './alert-actions/action-delivery';
import { ActionMail } from './alert-actions/action-mail';
import { ActionPlanner } from './alert-actions/action-planner';
import { ActionReroutes } from './alert-actions/action-reroutes';
import { ActionSlack } from './alert-actions/action-slack';
import { ActionStreams } from './alert-actions/action-streams';
import { ActionTriggersConsumer } from './alert-actions/action-triggers.consumer';
import { AlertActionsController } from './alert-actions/alert-actions.controller';
import { ConnectorsController } from './alert-actions/connectors.controller';
import { Kinds } from './alert-actions/kinds';
import { StoredParams } from './alert-actions/stored-params';
import { AlertFactsConsumer } from './alert-facts.consumer';
import { AnswerController } from './answer.controller';
import { AnswerLinks } from './answer-links';
import { Answers } from './answers';
import { ArchivedAlertsConsumer } from './archived-alerts.consumer';
import { AttemptOutcomes } from './attempt-outcomes';
import { AcceptAllController } from './bundles/accept-all.controller';
import { Bundles } from './bundles/bundles';
import { PagePace } from './bundles/page-pace';
import type { CallbackSettings } from './callback-settings';
import { ReceiptsConsumer } from './callbacks/receipts.consumer';
import { Receipts } from './callbacks/receipts';
import { SendGridController } from './callbacks/sendgrid/sendgrid.controller';
import { SendGridSettings } from './callbacks/sendgrid/sendgrid-settings';
import { telephoneParts } from './callbacks/telephone/telephone-parts';
import { chatParts } from './chat/chat-parts';
import { ChatPeople } from './chat/chat-people';
import { CalledPages } from './calling/called-pages';
import { CallLines } from './calling/call-lines';
import { CallTurns } from './calling/call-turns';
import { callingParts } from './calling/calling-parts';
import { ConfigurationThen } from './configuration-then';
import { Delivery } from './delivery';
import { DutyComposer } from './duties/duty-composer';
import { DutyPlanner } from './duties/duty-planner';
import { MailReplies } from './mail-replies/mail-replies';
import { ReplyAddresses } from './mail-replies/reply-addresses';
import { MessageComposer } from './message-composer';
import { MeController, PushOffers } from './me/me.controller';
import { MyReachController } from './me/my-reach.controller';
import { OpenAlerts } from './me/open-alerts';
import { PageFiles } from './me/page-files';
import { Reach } from './me/reach';
import { SentMessages } from './me/sent-messages';
import { NewsPlanner } from './news/news-planner';
import { NotificationCommandsConsumer } from './notification-commands.consumer';
import { Notifications } from './notifications';
import { Outbox } from './outbox';
import { OutboxController, OutboxSettings } from './outbox.controller';
import { PagePlanner } from './page-planner';
import { PeopleThen } from './people-then';
import { PathProbesConsumer } from './path-probes.consumer';
import { GoneDevices } from './push/gone-devices';
import { SignInMailPlanner } from './sign-in-mail-planner';
import { AlertChannels } from './slack/alert-channels';
import { Recalls } from './recalls';
import type { SlackSetUp } from './slack/open-slack';
import { KeptPagesChannel } from './slack/kept-pages.channel';
import { slackBasics } from './slack/slack-basics';
import { slackParts } from './slack/slack-parts';
import { SlackPosts } from './slack/slack-posts';
import { CarrierStatus } from './texting/carrier-status';
import { textingParts } from './texting/texting-parts';
import { Texts } from './texting/texts';

export interface NotificationsOptions {
  readonly random: () => number;
  /** In the order in which they are asked where no route says otherwise. */
  channelsFor(method: NotificationMethod): readonly Channel[];
  readonly routes?: MethodRoutes;
  /** False: each page is a message of its own, however many come. */
  readonly bundlePages?: boolean;
  /** Absent: nothing is pushed to devices. */
  readonly push?: PushContext;
  /** Whether people can be offered a topic of an ntfy server. */
  readonly hasNtfy?: boolean;
  /** Absent: alerts appear in no channel. */
  readonly slack?: SlackSetUp;
  /** Each has a channel, and takes answers. */
  readonly bots?: readonly ChatBot[];
  readonly actions: ActionSettings;
  readonly callbacks?: CallbackSettings;
}

const ATTEMPTS_AT_ONCE = 512;
const ACTIONS_AT_ONCE = 1_000;

/** Pages people by their own rules, on their own channels, and takes the answer there. */
@Module({})
export class NotificationsModule {
  static register(platform: Platform, { actions, ...options }: NotificationsOptions): DynamicModule {
    const { eventStore, bus, readStore, configuration, clock, ids, secrets, settings, log, metrics, background, views, tracing } = platform;
    const { pathProbes, heartbeat } = platform;
    const notifications = new Notifications(eventStore, clock, metrics);
    const people = new PeopleThen(eventStore);
    const links = new AnswerLinks(secrets, settings);
    const posts = new SlackPosts(eventStore, clock);
    const basics = options.slack === undefined ? undefined : slackBasics(platform, options.slack);
    const { bots = [] } = options;
    const chats: readonly Channel[] = [
      ...(basics === undefined
        ? []
        : [
            new KeptPagesChannel({
              direct: slackPages(basics.workspace),
              budget: basics.budget,
              ...{ notifications, posts, eventStore, clock },
            }),
          ]),
      ...bots.map(pagesBy),
    ];
    const channelsFor: NotificationsOptions['channelsFor'] = (method) => {
      const chat = chats.find((channel) => channel.method === method);
      return chat === undefined ? options.channelsFor(method) : [chat];
    };
    const chatPeople = new ChatPeople(platform);
    const texts = new Texts(eventStore, clock);
    const carrier = new CarrierStatus(platform.configurationStore);
    const goneDevices = new GoneDevices(bus, clock);
    const bundles = new Bundles(eventStore, clock);
    const recalls = new Recalls(notifications, channelsFor);
    const outcomes = new AttemptOutcomes({
      notifications,
      recalls,
      bundles,
      configuration,
      carrier,
      chatPeople,
      goneDevices,
      clock,
      log,
      metrics,
      ...options,
      channelsFor,
    });
    const lines = new CallLines(eventStore, clock);
    const called = new CalledPages(bundles);
    const callTurns = new CallTurns({ lines, called, notifications, outcomes, clock });
    const duties = new DutyComposer(eventStore, configuration);
    const composer = new MessageComposer(links, configuration, secrets, duties, new SignInLinks(secrets, settings));
    const sendgrid = options.callbacks?.sendgrid;
    const replyAddresses =
      sendgrid === undefined
        ? undefined
        : new ReplyAddresses(secrets, () => sendgrid.mailbox(settings.publicUrl), sendgrid.hasInboundDomain);
    const delivery = new Delivery({
      ...(replyAddresses === undefined ? {} : { replyAddresses }),
      notifications,
      eventStore,
      configuration,
      composer,
      clock,
      outcomes,
      texts,
      callTurns,
      bundles,
      metrics,
      pace: new PagePace({ eventStore, notifications, clock, metrics, isOn: options.bundlePages ?? true }),
      ...(tracing === undefined ? {} : { tracing }),
      ...options,
      channelsFor,
    });
    const following = { eventStore, readStore, log: readModelLog(log) };
    const view = views.add(NOTIFICATIONS_VIEW, new ProjectionRunner({ projection: notificationsView, ...following }));
    background.addOwned('view notifications', () => view);
    let beating: Heartbeat | undefined;
    if (heartbeat !== undefined) {
      const { random } = options;
      background.addOwned('heartbeat', (isOwner) => (beating = new Heartbeat({ heartbeat, clock, log, metrics, random, isOwner })));
    }
    const measured = measureTimers(metrics, clock, 'notifications');
    background.addOwned('timers notifications', (isOwner) => {
      // From now on nobody else sends: an attempt from before that has no outcome was ended by a crash, or by losing the ownership.
      const ownerSince = clock.now();
      return measured(
        new DueTimers({
          name: 'notifications',
          isOwner,
          prefixes: ['notification-', probeCategory('page-planned')],
          ...following,
          clock,
          // A provider that is silent holds each of its pages up for as long as a call may take, and nobody else's (P10).
          concurrency: ATTEMPTS_AT_ONCE,
          due: (event) => {
            const { stream, type, data } = event;
            if (isProbeStream(stream)) return probeDueOf(event);
            const due = notificationDueOf({ type, data } as NotificationEvent);
            return due === undefined ? undefined : { id: stream, ...due };
          },
          onDue: inTraceOfStream(platform, 'notifications', async (stream, _dueAt: Instant, firing: Firing) => {
            // Those that go out together are due together, also the one whose attempt a crash has ended.
            if (!isProbeStream(stream)) return delivery.attempt(stream, firing, ownerSince);
            const probe = await pathProbes.goOn(stream, 'page-due');
            if (probe !== undefined) beating?.arrived(probe);
          }),
          onBegin: (streams, firing) =>
            delivery.repeatInterrupted(
              streams.filter((stream) => !isProbeStream(stream)),
              ownerSince,
              firing,
            ),
        }),
      );
    });
    const means = {
      mail: new ActionMail(() => options.channelsFor('EMAIL')),
      slack: new ActionSlack(basics, eventStore),
      chats: actionChats,
      reroutes: new ActionReroutes({ eventStore, bus, configuration, clock, visibleWithinMs: settings.visibleWithinMs }),
    };
    const kinds = new Kinds(actionKinds(actions, means));
    const stored = new StoredParams(secrets);
    const actionStreams = new ActionStreams(eventStore, clock, metrics);
    const past = new ConfigurationThen(eventStore, configuration);
    const conditions = new ActionConditions(configuration, past);
    const actionDelivery = new ActionDelivery({
      streams: actionStreams,
      ...{ eventStore, configuration, kinds, conditions, stored, secrets, settings, clock, log },
      random: options.random,
      ...(tracing === undefined ? {} : { tracing }),
    });
    const actionsView = views.add(ALERT_ACTIONS_VIEW, new ProjectionRunner({ projection: alertActionsView, ...following }));
    background.addOwned('view alert actions', () => actionsView);
    const measuredActions = measureTimers(metrics, clock, 'alert-actions');
    background.addOwned('timers alert actions', (isOwner) => {
      const ownerSince = clock.now();
      return measuredActions(
        new DueTimers({
          name: 'alert-actions',
          isOwner,
          prefixes: ['action-'],
          ...following,
          clock,
          // Most of them wait: for an answer from elsewhere, or for their turn with a receiver that is slow.
          concurrency: ACTIONS_AT_ONCE,
          due: ({ stream, type, data }) => {
            const due = actionDueOf({ type, data } as ActionEvent);
            return due === undefined ? undefined : { id: stream, ...due };
          },
          onDue: inTraceOfStream(platform, 'alert actions', (stream) => actionDelivery.attempt(stream)),
          onBegin: (streams) => actionDelivery.repeatInterrupted(streams, ownerSince),
        }),
      );
    });
    const { visibleWithinMs } = settings;
    const answers = new Answers({ eventStore, bus, configuration, clock, views, visibleWithinMs });
    const channels = new AlertChannels(eventStore, clock);
    const slack = basics === undefined ? undefined : slackParts(platform, basics, { posts, channels, answers, random: options.random });
    const chat = chatParts(platform, bots, { people: chatPeople, answers });
    const receipts = new Receipts(bus, clock);
    const texting = textingParts(platform, options.callbacks ?? {}, { texts, carrier, answers });
    const calling = callingParts(platform, options.callbacks ?? {}, {
      lines,
      called,
      callTurns,
      notifications,
      composer,
      answers,
      receipts,
    });
    const telephones = telephoneParts(platform, options.callbacks?.telephones ?? []);
    return {
      module: NotificationsModule,
      controllers: [
        AlertFactsConsumer,
        PathProbesConsumer,
        ArchivedAlertsConsumer,
        NotificationCommandsConsumer,
        ReceiptsConsumer,
        AcceptAllController,
        AnswerController,
        OutboxController,
        ...(sendgrid === undefined ? [] : [SendGridController]),
        ...telephones.controllers,
        MeController,
        MyReachController,
        ...(slack?.controllers ?? []),
        ...chat.controllers,
        ActionTriggersConsumer,
        AlertActionsController,
        ConnectorsController,
      ],
      providers: [
        ...platformProviders(platform),
        { provide: Notifications, useValue: notifications },
        { provide: AttemptOutcomes, useValue: outcomes },
        { provide: Recalls, useValue: recalls },
        { provide: PagePlanner, useValue: new PagePlanner({ people, notifications, ids, settings }) },
        { provide: DutyPlanner, useValue: new DutyPlanner({ configuration, notifications, ids, settings }) },
        { provide: SignInMailPlanner, useValue: new SignInMailPlanner({ configuration, notifications, ids, secrets }) },
        { provide: NewsPlanner, useValue: new NewsPlanner({ eventStore, configuration, notifications, people, ids, settings }) },
        { provide: AnswerLinks, useValue: links },
        { provide: Bundles, useValue: bundles },
        { provide: Answers, useValue: answers },
        { provide: SlackPosts, useValue: posts },
        { provide: AlertChannels, useValue: channels },
        ...(slack?.providers ?? []),
        ...chat.providers,
        { provide: Kinds, useValue: kinds },
        { provide: StoredParams, useValue: stored },
        { provide: ActionStreams, useValue: actionStreams },
        {
          provide: ActionPlanner,
          useValue: new ActionPlanner({ eventStore, configuration, streams: actionStreams, past, conditions, log }, metrics),
        },
        { provide: Receipts, useValue: receipts },
        ...(sendgrid === undefined
          ? []
          : [
              { provide: SendGridSettings, useValue: sendgrid },
              { provide: ReplyAddresses, useValue: replyAddresses },
              { provide: MailReplies, useValue: new MailReplies({ notifications, configuration, answers, clock, log }) },
            ]),
        ...texting.providers,
        ...calling.providers,
        ...telephones.providers,
        { provide: PageFiles, useValue: PageFiles.read() },
        { provide: OpenAlerts, useValue: new OpenAlerts({ readStore, views, configuration, links, clock, visibleWithinMs }) },
        {
          provide: Reach,
          useValue: new Reach({
            configuration,
            readiness: new PeopleReadiness({ readStore, settings, clock }),
            settings,
            chats: [...(slack === undefined ? [] : ['SLACK' as const]), ...bots.map(({ method }) => method)],
            clock,
          }),
        },
        { provide: SentMessages, useValue: new SentMessages({ readStore, views, visibleWithinMs }) },
        {
          provide: PushOffers,
          useValue: { publicKey: async () => (await options.push?.vapid())?.publicKey ?? null, hasNtfy: options.hasNtfy === true },
        },
        { provide: OutboxSettings, useValue: settings },
        { provide: Outbox, useValue: new Outbox({ eventStore, readStore, configuration, composer, views, visibleWithinMs }) },
      ],
    };
  }
}
