import { Body, Controller, Get, Post } from '@nestjs/common';
import type { PublicTeam, PublicUserRel } from '@tocsin/contracts';
import { answerShapes } from '@tocsin/contracts/answer-shapes';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsEmail, IsIn, IsInt, IsString, Max, MaxLength, Min, ValidateNested } from 'class-validator';
import { describeApi } from './api-description';
import { Describe, DescribedUnder } from './api-description.decorators';
import { BodySchemas } from './api-description-schemas';
import { Public } from './auth.decorators';
import { ResourceId } from './query';
import { OptionalOrNull } from './validation';

class Step {
  @IsInt({ message: 'must be whole minutes' })
  @Min(0)
  @Max(15)
  afterMin!: number;
}

class Recipe {
  @IsString({ message: 'must be a text' })
  @MaxLength(255)
  name!: string;

  @OptionalOrNull()
  @IsIn(['SWEET', 'SOUR'])
  taste?: string;

  @IsArray()
  @ArrayMaxSize(3)
  @ValidateNested({ each: true })
  @Type(() => Step)
  steps!: Step[];

  @OptionalOrNull()
  @ValidateNested()
  @Type(() => Step)
  last?: Step;

  /** Read by nobody: validation leaves it out. */
  forgotten?: string;
}

class Letter {
  @IsEmail()
  to!: string;
}

const another = (): typeof Step => {
  class Step {
    @IsString()
    text!: string;
  }
  return Step as never;
};

describe('the schema of a body class', () => {
  it('says what its validation says, in the words of its refusals', () => {
    const schemas = new BodySchemas();
    expect(schemas.reference(Recipe)).toEqual({ $ref: '#/components/schemas/Recipe' });
    const step = { $ref: '#/components/schemas/Step' };
    expect(schemas.all()).toEqual({
      Recipe: {
        type: 'object',
        required: ['name', 'steps'],
        properties: {
          name: { type: 'string', maxLength: 255, description: 'must be a text' },
          taste: { enum: ['SWEET', 'SOUR', null], nullable: true },
          steps: { type: 'array', maxItems: 3, items: step },
          last: { allOf: [step], nullable: true },
        },
      },
      Step: {
        type: 'object',
        required: ['afterMin'],
        properties: { afterMin: { type: 'integer', minimum: 0, maximum: 15, description: 'must be whole minutes' } },
      },
    });
  });

  it('does not hide a rule for which it has no words', () => {
    expect(() => new BodySchemas().reference(Letter)).toThrow('Letter.to: the API description has no words for the rule isEmail');
  });

  it('is told from that of another class of the same name', () => {
    const schemas = new BodySchemas();
    expect([schemas.reference(Step), schemas.reference(another()), schemas.reference(Step)]).toEqual([
      { $ref: '#/components/schemas/Step' },
      { $ref: '#/components/schemas/Step2' },
      { $ref: '#/components/schemas/Step' },
    ]);
  });
});

@Controller('api/cook-books')
class Books {
  @Get(':id')
  @Describe('Read a book', { answers: 'Team' })
  get(@ResourceId('id') id: number): PublicTeam {
    return { id, name: '', visibility: 'PUBLIC', members: [], createdAt: '', updatedAt: '' };
  }

  @Post(['recipes', ':book/recipes'])
  @Describe('Add a recipe')
  add(@Body() _body: Recipe): void {}
}

@DescribedUnder('Guests')
@Controller('api')
@Public()
class Door {
  @Get('doors/:name')
  @Describe('List who may come in', { answers: ['UserRel'] })
  list(): readonly PublicUserRel[] {
    return [];
  }
}

@Controller('pages')
class Pages {
  @Get()
  page(): string {
    return '';
  }
}

describe('the description of controllers', () => {
  const document = describeApi([Pages, Door, Books], { version: '1', answerShapes }) as {
    paths: Record<string, Record<string, Record<string, unknown>>>;
    components: { schemas: Record<string, unknown> };
  };

  it('has every path below the prefix, each of several, and nothing beside it', () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(operations.sort()).toEqual([
      'get /cook-books/{id}',
      'get /doors/{name}',
      'post /cook-books/recipes',
      'post /cook-books/{book}/recipes',
    ]);
  });

  it('names operations as clients do that find no name, under the first word of their path', () => {
    expect(document.paths['/cook-books/{book}/recipes']?.['post']).toMatchObject({
      operationId: 'post-cook-books-book-recipes',
      tags: ['Cook Books'],
      requestBody: { required: true, content: { 'application/json': { schema: { $ref: '#/components/schemas/Recipe' } } } },
    });
  });

  it('has what is answered, and what that names in turn, and no other shape', () => {
    expect(Object.keys(document.components.schemas)).toEqual(expect.arrayContaining(['Recipe', 'Team', 'TeamMember', 'UserRel']));
    expect(document.components.schemas).not.toHaveProperty('Alert');
    expect(document.components.schemas['Team']).toMatchObject({
      required: ['id', 'name', 'visibility', 'members', 'createdAt', 'updatedAt'],
    });
    expect(document.paths['/cook-books/recipes']?.['post']).toMatchObject({ responses: { 201: { description: 'Done' } } });
  });

  it('knows numbers in a path, who needs no key, and what comes as a list', () => {
    expect(document.paths['/cook-books/{id}']?.['get']).toMatchObject({
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
    });
    expect(document.paths['/cook-books/{id}']?.['get']).not.toHaveProperty('security');
    expect(document.paths['/doors/{name}']?.['get']).toMatchObject({
      tags: ['Guests'],
      security: [],
      parameters: [{ name: 'name', schema: { type: 'string' } }],
      responses: {
        200: { content: { 'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/UserRel' } } } } },
      },
    });
  });
});
