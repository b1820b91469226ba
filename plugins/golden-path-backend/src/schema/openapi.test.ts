import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  databaseStatusSchema,
  databaseSummarySchema,
  nameAvailabilitySchema,
  requestPlanSchema,
  STATUS_PROBLEMS,
  STATUS_STEPS,
} from '@goldenpath/plugin-golden-path-common';
import { parse } from 'yaml';
import { zodToJsonSchema } from 'zod-to-json-schema';
import { spec } from './openapi';

/** A schema of the description without its prose, and with what it refers to. */
const expand = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(expand);
  if (typeof value !== 'object' || value === null) return value;
  if ('$ref' in value)
    return expand(
      String(value.$ref)
        .split('/')
        .slice(1)
        .reduce((part: object, key) => Object(part)[key], spec),
    );
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([key, part]) => key !== 'description' || typeof part !== 'string',
      )
      .map(([key, part]) => [key, expand(part)]),
  );
};

describe('openapi.yaml', () => {
  it('is what the router has (else: node scripts/openapi.js --write)', () => {
    const text = readFileSync(join(__dirname, 'openapi.yaml'), 'utf8');
    expect(spec).toEqual(parse(text));
  });

  it.each(
    Object.entries({
      DatabaseSummary: databaseSummarySchema,
      DatabaseStatus: databaseStatusSchema,
      NameAvailability: nameAvailabilitySchema,
      RequestPlan: requestPlanSchema,
    }),
  )('describes %s as the contract does', (name, schema) => {
    const { $schema, ...expected } = Object(
      zodToJsonSchema(Object(schema), { $refStrategy: 'none' }),
    );
    expect(expand(Object(spec.components.schemas)[name])).toEqual(expected);
  });

  it('filters by every step and problem', () => {
    const { parameters } = spec.paths['/databases'].get;
    expect(
      Object(parameters.find(one => 'name' in one && one.name === 'status'))
        .schema.enum,
    ).toEqual([...STATUS_STEPS, ...STATUS_PROBLEMS]);
  });
});
