import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ENVIRONMENTS } from '@goldenpath/plugin-golden-path-common';
import { createRdsProvisionAction } from '../plugins/scaffolder-backend-module-golden-path/src/actions/rdsProvision';
import { validate } from 'jsonschema';
import { parse } from 'yaml';

const template = parse(
  readFileSync(resolve(__dirname, 'rds-provision/template.yaml'), 'utf8'),
);
const [page] = template.spec.parameters;
const [plan, apply] = template.spec.steps;

const unused = async () => {
  throw new Error('Only the schema is looked at.');
};
const { schema } = createRdsProvisionAction({
  config: {} as never,
  githubFor: () => {
    throw new Error('Only the schema is looked at.');
  },
  secrets: { read: unused },
  connect: unused,
  auditFile: () => ({ prepare: unused, read: unused, append: unused }),
  now: () => new Date(0),
});

describe('the form', () => {
  it('offers the environments of the contract, dev first', () => {
    expect(page.properties.environment).toMatchObject({
      enum: ENVIRONMENTS,
      default: 'dev',
    });
  });

  it('changes nothing unless that is chosen', () => {
    expect(page.properties.whatToDo).toMatchObject({
      enum: ['dry-run', 'apply'],
      default: 'dry-run',
    });
    expect(page.properties.whatToDo['ui:enumNames']).toHaveLength(2);
  });

  it.each([
    { values: { environment: 'qa', whatToDo: 'dry-run' }, takes: false },
    { values: { environment: 'dev', whatToDo: 'now' }, takes: false },
    { values: { environment: 'dev' }, takes: false },
    { values: { environment: 'prod', whatToDo: 'apply' }, takes: true },
  ])('$values: $takes', ({ values, takes }) => {
    expect(validate(values, page).valid).toBe(takes);
  });
});

describe('the steps', () => {
  it('are the dry run, always, and the changes where they are asked for', () => {
    expect(template.spec.steps).toHaveLength(2);
    expect(plan).toMatchObject({
      action: 'goldenpath:rds:provision',
      input: { dryRun: true },
    });
    expect(plan.if).toBeUndefined();
    expect(apply).toMatchObject({
      action: 'goldenpath:rds:provision',
      if: "${{ parameters.whatToDo == 'apply' }}",
    });
    expect(apply.input.dryRun).toBeUndefined();
  });

  it('give the action only what it takes, and all that it needs', () => {
    const { properties } = schema!.input as {
      properties: Record<string, { description?: string }>;
    };
    const required = Object.keys(properties).filter(name =>
      properties[name].description?.endsWith('(required)'),
    );
    expect(required).toEqual(['environment']);
    for (const { input } of [plan, apply]) {
      expect(Object.keys(properties)).toEqual(
        expect.arrayContaining(Object.keys(input)),
      );
      expect(Object.keys(input)).toEqual(expect.arrayContaining(required));
    }
  });

  it('and the outputs use only what the form asks and the action gives', () => {
    const { properties } = schema!.output as { properties: object };
    const text = JSON.stringify([template.spec.steps, template.spec.output]);
    const used = (pattern: RegExp) => [
      ...new Set([...text.matchAll(pattern)].map(match => match[1])),
    ];
    const outputs = used(/steps\.\w+\.output\.(\w+)/g);
    expect(outputs.sort()).toEqual(['commitUrl', 'plan', 'result']);
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(outputs));
    expect(used(/steps\.(\w+)\./g).sort()).toEqual(['apply', 'plan']);
    expect(used(/parameters\.(\w+)/g).sort()).toEqual(
      Object.keys(page.properties).sort(),
    );
  });
});
