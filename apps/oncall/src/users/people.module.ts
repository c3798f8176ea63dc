import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { PeopleReadiness, readModelLog } from '@tocsin/platform';
import type { Platform } from '@tocsin/platform';
import { platformProviders } from '@tocsin/platform/nest';
import { AUDIT_LOG_VIEW, auditLogView, ProjectionRunner } from '@tocsin/read-models';
import { ApiKeysController } from '../api-keys/api-keys.controller';
import { AuditLogController } from '../audit-log/audit-log.controller';
import { ChatAccountsController } from '../contacts/chat-accounts.controller';
import { ContactReportsConsumer } from '../contacts/contact-reports.consumer';
import { ContactVerification } from '../contacts/contact-verification';
import { Contacts } from '../contacts/contacts';
import { EmailContactsController } from '../contacts/email-contacts.controller';
import { PhoneContactsController } from '../contacts/phone-contacts.controller';
import { PushDevices } from '../contacts/push-devices';
import { PushDevicesController, PushTargets } from '../contacts/push-devices.controller';
import { NotificationWishes } from '../notification-wishes';
import { alertList, dutyList, subscriptionList, updateList } from '../preferences/preference-lists';
import { preferencesController } from '../preferences/preferences.controller';
import { ReachableMethods } from '../preferences/reachable-methods';
import { TestNotificationsController } from '../preferences/test-notifications.controller';
import { TeamsController } from '../teams/teams.controller';
import { People } from './people';
import { ReadinessMetrics } from './readiness-metrics';
import { ReadinessController } from './readiness.controller';
import { UserDeletion } from './user-deletion';
import { UserErasure } from './user-erasure';
import { UsersController } from './users.controller';

/** People, how they are reached, what they may do, and who changed what. */
@Module({})
export class PeopleModule {
  static register(platform: Platform, pushTargets: PushTargets): DynamicModule {
    const {
      eventStore,
      bus,
      readStore,
      configuration,
      configurationStore,
      clock,
      ids,
      secrets,
      settings,
      log,
      background,
      metrics,
      views,
    } = platform;
    const people = new People(configuration);
    const reachable = new ReachableMethods(settings);
    const wishes = new NotificationWishes(bus, clock);
    const deletion = new UserDeletion({ people, configuration, configurationStore, clock });
    const following = { eventStore, readStore, log: readModelLog(log) };
    const view = views.add(AUDIT_LOG_VIEW, new ProjectionRunner({ projection: auditLogView, ...following }));
    background.addOwned('view audit-log', () => view);
    background.addOwned('user erasure', () => new UserErasure({ eventStore, configuration, deletion, clock, log }));
    const readiness = new PeopleReadiness({ readStore, settings, clock });
    new ReadinessMetrics(people, readiness, clock, metrics);
    return {
      module: PeopleModule,
      controllers: [
        UsersController,
        ReadinessController,
        EmailContactsController,
        PhoneContactsController,
        PushDevicesController,
        ChatAccountsController,
        ContactReportsConsumer,
        preferencesController(alertList),
        preferencesController(updateList),
        preferencesController(dutyList),
        preferencesController(subscriptionList),
        TestNotificationsController,
        TeamsController,
        ApiKeysController,
        AuditLogController,
      ],
      providers: [
        ...platformProviders(platform),
        { provide: People, useValue: people },
        { provide: UserDeletion, useValue: deletion },
        { provide: Contacts, useValue: new Contacts(people, configurationStore, ids) },
        { provide: PushTargets, useValue: pushTargets },
        { provide: PushDevices, useValue: new PushDevices(people, configurationStore, ids, secrets) },
        { provide: ReachableMethods, useValue: reachable },
        { provide: PeopleReadiness, useValue: readiness },
        { provide: NotificationWishes, useValue: wishes },
        {
          provide: ContactVerification,
          useValue: new ContactVerification({ eventStore, people, store: configurationStore, ids, secrets, wishes, reachable, clock }),
        },
      ],
    };
  }
}
