import type { IntegrationType } from '@tocsin/domain';
import { api } from './api/api';
import { grafana } from './grafana/grafana';
import type { Integration } from './integration';
import { netdata } from './netdata/netdata';
import { prometheus } from './prometheus/prometheus';

/** Every tool that Tocsin understands; a new one is its folder and a line here. */
export const integrations: readonly Integration[] = [api, prometheus, grafana, netdata];

const bySlug = new Map(integrations.map((integration) => [integration.slug, integration]));
const byType = new Map(integrations.map((integration) => [integration.type, integration]));

export const integrationBySlug = (slug: string): Integration | undefined => bySlug.get(slug.toLowerCase());
export const integrationByType = (type: IntegrationType): Integration | undefined => byType.get(type);
