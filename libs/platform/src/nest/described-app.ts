import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INestApplication, Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { describeApi } from './api-description';
import type { JsonSchema } from './api-description.decorators';

/** The OpenAPI document of what an app serves, made from its controllers. */
export const describeApp = async (app: INestApplication): Promise<JsonSchema> => {
  // The shapes take room that a server which nobody asks for them does not need.
  const { answerShapes } = await import('@tocsin/contracts/answer-shapes');
  return describeApi(controllersOf(app), { version: versionOfThis(), answerShapes });
};

const controllersOf = (app: INestApplication): readonly Type[] => {
  const modules = [...app.get(ModulesContainer).values()];
  const found = modules.flatMap(({ controllers }) => [...controllers.values()].map(({ metatype }) => metatype));
  return [...new Set(found)].filter((metatype): metatype is Type => typeof metatype === 'function');
};

const versionOfThis = (): string => {
  const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as { readonly version: string };
  return version;
};
