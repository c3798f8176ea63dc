import * as alertActions from './alert-actions';
import * as alerts from './alerts';
import * as edges from './edges';
import * as numbers from './numbers';
import * as people from './people';
import * as routing from './routing';
import * as schedules from './schedules';
import type { NamedShape } from './shape';
import * as supportHours from './support-hours';

/** What the API answers, by the names under which its description shows it. Loaded when somebody asks for the description. */
export const answerShapes = { ...alertActions, ...alerts, ...edges, ...numbers, ...people, ...routing, ...schedules, ...supportHours };

export type AnswerName = keyof typeof answerShapes;

/** The values that an answer of this name has. */
export type AnswerOf<Name extends AnswerName> = (typeof answerShapes)[Name] extends NamedShape<infer T> ? T : never;
