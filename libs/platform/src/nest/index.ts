export {
  Describe,
  DescribedUnder,
  flagParameter,
  idParameter,
  idsParameter,
  includeParameter,
  languageParameter,
  manyParameter,
  olderName,
  pageParameters,
  textParameter,
  timeParameter,
} from './api-description.decorators';
export type { JsonSchema, OperationDescription, QueryParameter } from './api-description.decorators';
export { ChangeBy, CurrentUser, principalOf, Public, RequiresRole, sayReadsAreBehind } from './auth.decorators';
export { Authenticator, configurationDirectory, hasRole } from './authenticator';
export type { CredentialDirectory, Credentials, Principal } from './authenticator';
export { waitingOf } from './health.controller';
export type { ReadinessCheck, Waiting } from './health.controller';
export { created, createHttpApp, routesOf } from './http-app';
export type { HttpAppOptions } from './http-app';
export { IdReference } from './id-reference';
export type { KnownRoute } from './known-routes';
export { ListInParts } from './lists-in-pieces';
export * from './message-transport';
export type { OverloadLimits } from './overload';
export * from './platform-providers';
export { answerFor, invalidField, problem, ProblemException, rejectionProblems } from './problem';
export type { Problem } from './problem';
export * from './query';
export { csrfToken, endedSessionCookie, isCsrfToken, SESSION_COOKIE, sessionCookie } from './session';
export { BodyValidation, OptionalOrNull, ResourceName, validationProblem } from './validation';
export type { FieldProblem } from './validation';
export { readSubscriber, SubscriberBody, subscriberNamed, subscriberTypeParameter } from './subscribers';
export { startService } from './service';
export type { Service, ServiceOptions, Stores } from './service';
export { SupportDaysBody, supportDaysIn } from './support-days';
export { startClusterService } from './cluster/cluster-service';
export type { ServiceContext, ServiceDefinition, ServiceParts } from './cluster/cluster-service';
export { bootstrapSchema, clusterSchema } from './cluster/cluster-settings';
export type { ClusterSettings } from './cluster/cluster-settings';
export { runService } from './cluster/run-service';
export { openStores } from './cluster/stores';
