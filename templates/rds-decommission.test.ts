import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  REMOVAL_REASONS,
  removalInputs,
} from '@goldenpath/plugin-golden-path-common';
import { customizeValidator } from '@rjsf/validator-ajv8';
import ajvErrors from 'ajv-errors';
import { validate } from 'jsonschema';
import { parse } from 'yaml';
import { createRdsDecommissionAction } from '../plugins/scaffolder-backend-module-golden-path/src/actions/rdsDecommission';
import { createRdsInspectAction } from '../plugins/scaffolder-backend-module-golden-path/src/actions/rdsInspect';

const read = (path: string) =>
  parse(readFileSync(resolve(__dirname, path), 'utf8'));
const template = read('rds-decommission/template.yaml');
const [page] = template.spec.parameters;
const [inspect, decommission] = template.spec.steps;

const unused = (): never => {
  throw new Error('Only the schema is looked at.');
};
const deps = {
  config: {} as never,
  githubFor: unused,
  catalog: { getEntityByRef: unused },
  authorize: unused,
  readUsage: unused,
  clock: { now: unused, sleep: unused },
};
const ACTIONS = {
  inspect: createRdsInspectAction(deps),
  decommission: createRdsDecommissionAction(deps),
};
const namesOf = (name: keyof typeof ACTIONS, side: 'input' | 'output') =>
  Object.keys(
    (ACTIONS[name].schema![side] as { properties: object }).properties,
  );

// As Backstage's Stepper has it.
const validator = customizeValidator();
ajvErrors((validator as any).ajv);

describe('the form', () => {
  const form = {
    database: 'resource:default/rds-dev-users_db',
    whatToDo: 'request',
    reason: 'The app is retired',
    confirmation: 'users_db',
  };

  it('offers databases of the catalog alone', () => {
    expect(page.properties.database).toMatchObject({
      'ui:field': 'EntityPicker',
      'ui:options': {
        allowArbitraryValues: false,
        catalogFilter: { kind: 'Resource', 'spec.type': 'database' },
      },
    });
  });

  it('changes nothing unless that is chosen', () => {
    expect(page.properties.whatToDo.default).toBe('inspect');
    expect(page.properties.whatToDo.enum).toEqual(['inspect', 'request']);
    expect(page.properties.whatToDo['ui:enumNames']).toHaveLength(2);
  });

  it('says Go on, because neither choice creates anything', () => {
    for (const one of [template, read('rds-provision/template.yaml')])
      expect(one.spec.presentation.buttonLabels).toEqual({
        createButtonText: 'Go on',
      });
  });

  it('offers the reasons of the contract', () => {
    expect(page.properties.reason.enum).toEqual(REMOVAL_REASONS);
  });

  it.each([
    { values: {}, told: {}, reason: 'all of it' },
    {
      values: { whatToDo: 'inspect', confirmation: '' },
      told: {},
      reason: 'to look takes no confirmation',
    },
    {
      values: { confirmation: '' },
      told: {
        confirmation: 'type the name of the database, such as users_db.',
      },
      reason: 'the pull request takes one',
    },
    {
      values: { database: '' },
      told: { database: 'choose a database of the catalog.' },
      reason: 'no database',
    },
    {
      values: { reason: 'Because' },
      told: { reason: 'choose one of the reasons.' },
      reason: 'free text',
    },
  ])('$reason', ({ values, told }) => {
    const sent = { ...form, ...values };
    const errors = Object.fromEntries(
      validator
        .validateFormData(sent, page)
        .errors.filter(({ name }) => name !== 'if')
        .map(({ property, message }) => [
          property?.replace(/^\./, ''),
          message,
        ]),
    );
    expect(errors).toEqual(told);
    expect(validate(sent, page).valid).toBe(Object.keys(told).length === 0);
  });
});

describe('the steps', () => {
  it('show the database first, and open the pull request where that is chosen', () => {
    expect(template.spec.steps).toHaveLength(2);
    expect(inspect).toMatchObject({ action: 'goldenpath:rds:inspect' });
    expect(inspect.if).toBeUndefined();
    expect(decommission).toMatchObject({
      action: 'goldenpath:rds:decommission',
      if: "${{ parameters.whatToDo == 'request' }}",
    });
  });

  it('give the actions exactly what they take', () => {
    for (const step of [inspect, decommission] as const)
      expect(Object.keys(step.input).sort()).toEqual(
        namesOf(step.id, 'input').sort(),
      );
  });

  it('and the outputs use only what the form asks and the actions give', () => {
    const text = JSON.stringify([template.spec.steps, template.spec.output]);
    for (const [, id, name] of text.matchAll(/steps\.(\w+)\.output\.(\w+)/g))
      expect(namesOf(id as keyof typeof ACTIONS, 'output')).toContain(name);
    const used = [...text.matchAll(/parameters\.(\w+)/g)].map(one => one[1]);
    expect([...new Set(used)].sort()).toEqual(
      Object.keys(page.properties).sort(),
    );
  });
});

it('the end shows first what happens next, if a pull request was opened', () => {
  const { text } = template.spec.output;
  expect(
    text.map((one: { title: string; default?: boolean; if?: string }) => [
      one.title,
      one.default,
      one.if !== undefined,
    ]),
  ).toEqual([
    ['Dry run', true, true],
    ['What happens next', true, true],
    ['Who uses the database', true, false],
  ]);
});

describe('the workflow that the form dispatches', () => {
  const { inputs } = read(
    '../platform/.github/workflows/decommission-rds-database.yml',
  ).on.workflow_dispatch;
  const sent = removalInputs(
    {
      environment: 'dev',
      databaseName: 'users_db',
      requestedBy: 'jane',
      reason: REMOVAL_REASONS[0],
    },
    {},
    { taskId: 't', baseBranch: 'main' },
  );

  it('takes exactly the inputs that are sent', () => {
    expect(Object.keys(inputs).sort()).toEqual(Object.keys(sent).sort());
    expect(inputs.reason).toMatchObject({
      type: 'choice',
      options: REMOVAL_REASONS,
    });
  });
});
