import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  DEFAULT_DOMAIN,
  DEFAULT_RISK,
  DEFAULT_SIZE,
  DESCRIPTION_LENGTH_MESSAGE,
  DESCRIPTION_MAX_LENGTH,
  DESCRIPTION_MESSAGE,
  DESCRIPTION_PATTERN,
  DOMAINS,
  ENVIRONMENTS,
  FIELD_RULES,
  describeFieldMessages,
  FieldRule,
  INSTANCE_CLASSES,
  describeMissing,
  parseRequest,
  promotionFormData,
  reservedPattern,
  RISK_TERMS,
  RuledField,
  RISKS,
  SIZES,
  workflowInputs,
} from '@goldenpath/plugin-golden-path-common';
import { customizeValidator } from '@rjsf/validator-ajv8';
import ajvErrors from 'ajv-errors';
import { validate } from 'jsonschema';
import { parse } from 'yaml';
import { EXAMPLE_FORM as form } from '../tests/support/exampleDatabase';

const read = (path: string) =>
  parse(readFileSync(resolve(__dirname, path), 'utf8'));

const template = read('backend-app-rds/template.yaml');
const [pageOne, pageTwo] = template.spec.parameters;
const properties = { ...pageOne.properties, ...pageTwo.properties };

// As Backstage's Stepper has it.
const validator = customizeValidator();
ajvErrors((validator as any).ajv);
/** What the form says below each field. */
const formErrors = (values: object) =>
  Object.fromEntries(
    template.spec.parameters.flatMap((page: any) =>
      validator
        .validateFormData(values, page)
        .errors.map(({ property, message }: any) => [
          property.replace(/^\./, ''),
          message,
        ]),
    ),
  );
/** Whether the scaffolder's API takes the values; it answers 400 else. */
const apiTakes = (values: object) =>
  template.spec.parameters.every(
    (page: object) => validate(values, page).valid,
  );

/** Why the contract refuses a name that somebody else reserves. */
const reservedReason = (field: RuledField, value: string): string => {
  const { not = [] }: FieldRule = FIELD_RULES[field];
  return not.find(({ pattern }) => new RegExp(pattern).test(value))!.message;
};

describe('the pages', () => {
  it('ask what the specification asks, then the options', () => {
    expect(Object.keys(pageOne.properties)).toEqual([
      'component_id',
      'existingApp',
      'databaseName',
      'username',
      'owner',
      'environment',
      'description',
    ]);
    expect(pageOne.required).toEqual(
      Object.keys(pageOne.properties).filter(
        name => !['existingApp', 'description'].includes(name),
      ),
    );
    expect(Object.keys(pageTwo.properties)).toEqual([
      'size',
      'risk',
      'domain',
      'waitUntilReady',
    ]);
    expect(properties.waitUntilReady.default).toBe(false);
    expect(properties.existingApp).toMatchObject({
      type: 'boolean',
      default: false,
    });
    expect(pageTwo.required).toBeUndefined();
  });

  it.each(['component_id', 'databaseName', 'username'] as const)(
    '%s has the rules of the contract, in its words',
    field => {
      const rule: FieldRule = FIELD_RULES[field];
      expect(properties[field]).toMatchObject({
        type: 'string',
        title: rule.title,
        minLength: rule.minLength,
        maxLength: rule.maxLength,
        // What is empty is told by minLength alone.
        pattern: `^$|${rule.pattern}`,
        not: { pattern: reservedPattern(field) },
        'ui:placeholder': rule.example,
      });
      expect(properties[field].errorMessage).toEqual(
        describeFieldMessages(field),
      );
    },
  );

  it('description has the rules of the contract, in its words', () => {
    expect(properties.description).toMatchObject({
      maxLength: DESCRIPTION_MAX_LENGTH,
      pattern: DESCRIPTION_PATTERN,
      errorMessage: {
        pattern: DESCRIPTION_MESSAGE,
        maxLength: DESCRIPTION_LENGTH_MESSAGE,
      },
    });
  });

  it.each([
    { field: 'environment', choices: ENVIRONMENTS, preset: 'dev' },
    { field: 'size', choices: SIZES, preset: DEFAULT_SIZE },
    { field: 'risk', choices: RISKS, preset: DEFAULT_RISK },
    { field: 'domain', choices: DOMAINS, preset: DEFAULT_DOMAIN },
  ])('$field offers the choices of the contract', row => {
    const { enum: choices, default: preset } = properties[row.field];
    expect(choices).toEqual(row.choices);
    expect(preset).toBe(row.preset);
    expect(properties[row.field].errorMessage).toEqual({
      enum: `choose one of ${row.choices.join(', ')}.`,
    });
  });

  it('say what a size and a risk mean, in the form and in the review', () => {
    for (const { enumNames, ...field } of [properties.size, properties.risk])
      expect(enumNames).toEqual(field['ui:enumNames']);
    expect(properties.size['ui:enumNames']).toEqual(
      SIZES.map(size => `${size} (${INSTANCE_CLASSES[size]})`),
    );
    expect(properties.risk['ui:enumNames']).toEqual(
      RISKS.map(risk => {
        const { backupRetentionDays, rotationDays, accessReview } =
          RISK_TERMS[risk];
        return `${risk} (backups ${backupRetentionDays} days, rotation every ${rotationDays} days${
          accessReview ? ', access review' : ''
        })`;
      }),
    );
  });

  it('let a Group of the default namespace be picked', () => {
    expect(properties.owner).toMatchObject({
      'ui:field': 'OwnerPicker',
      'ui:options': {
        allowArbitraryValues: false,
        catalogFilter: { kind: 'Group', 'metadata.namespace': 'default' },
      },
    });
  });
});

describe('the form, the API and the contract', () => {
  const rows: Array<{
    values: Record<string, unknown>;
    field: string;
    message: string;
    /** What the contract says, where that is not the form's message. */
    contract?: string;
    reason: string;
  }> = [
    ...(
      [
        ['component_id', 'User_Service', 'pattern'],
        ['component_id', 'a', 'minLength'],
        ['component_id', 'a'.repeat(51), 'maxLength'],
        ['component_id', '9lives', 'not'],
        ['databaseName', 'users-db', 'pattern'],
        ['databaseName', 'pg_users', 'not'],
        ['databaseName', 'postgres', 'not'],
        ['databaseName', 'aux', 'not'],
        ['username', 'Users', 'pattern'],
        ['username', 'rdsuser', 'not'],
        ['username', 'public', 'not'],
        ['username', 'users_clone', 'not'],
        ['component_id', 'nul', 'not'],
        ['component_id', 'kubernetes', 'not'],
      ] as const
    ).map(([field, value, rule]) => ({
      values: { [field]: value },
      field,
      message: describeFieldMessages(field)[rule]!,
      // The form can't tell which name it was, and gives all the reasons.
      ...(rule === 'not' ? { contract: reservedReason(field, value) } : {}),
      reason: `${field} "${value.slice(0, 12)}" breaks ${rule}`,
    })),
    {
      values: { environment: 'qa' },
      field: 'environment',
      message: 'choose one of dev, test, staging, prod.',
      reason: 'no such environment',
    },
    {
      values: { size: 'large' },
      field: 'size',
      message: 'dev databases are small; choose small, or another environment.',
      reason: 'dev is small only',
    },
    {
      values: { description: 'two\nlines' },
      field: 'description',
      message: DESCRIPTION_MESSAGE,
      reason: 'two lines',
    },
    {
      values: { description: 'é'.repeat(201) },
      field: 'description',
      message: DESCRIPTION_LENGTH_MESSAGE,
      reason: 'too long',
    },
  ];
  it.each(rows)('refuse alike: $reason', row => {
    const { values, field, message, contract = message } = row;
    const sent = { ...form, ...values };
    expect(formErrors(sent)).toMatchObject({ [field]: message });
    expect(message).toContain(contract);
    expect(apiTakes(sent)).toBe(false);
    expect(parseRequest({ ...sent, requestedBy: 'jane' })).toEqual({
      problems: expect.arrayContaining([
        { field, message: expect.stringContaining(contract) },
      ]),
    });
  });

  it.each([
    { values: {}, reason: 'only what is required' },
    {
      values: { environment: 'prod', size: 'xlarge', risk: 'access' },
      reason: 'the largest in production',
    },
    { values: { description: '📦 # : {{ }} "x"' }, reason: 'any Unicode' },
    { values: { existingApp: true }, reason: 'an app that exists already' },
    {
      values: promotionFormData(
        {
          ...form,
          component: form.component_id,
          ownerRef: form.owner,
          size: 'small',
          risk: 'high',
          domain: 'identity',
        },
        'test',
      ),
      reason: 'the same database for the next environment',
    },
    {
      values: { databaseName: 'a'.repeat(63), username: 'b'.repeat(31) },
      reason: 'the longest names',
    },
  ])('take alike: $reason', ({ values }) => {
    const sent = { ...form, ...values };
    expect(formErrors(sent)).toEqual({});
    expect(apiTakes(sent)).toBe(true);
    expect(parseRequest({ ...sent, requestedBy: 'jane' })).toHaveProperty(
      'request',
    );
  });

  it.each(pageOne.required as string[])('require %s', field => {
    const { [field as keyof typeof form]: _, ...rest } = form;
    expect(Object.keys(formErrors(rest))).toHaveLength(1);
    expect(apiTakes(rest)).toBe(false);
  });

  it('say that the owner was cleared, in the words of the contract', () => {
    const { owner: _, ...rest } = form;
    expect(formErrors(rest)).toEqual({
      '': `${FIELD_RULES.owner.title}: ${describeMissing('owner')}`,
    });
  });

  it('say what is missing everywhere at once, in the words of the contract', () => {
    const untouched = Object.fromEntries(
      Object.entries(pageOne.properties).map(([name, property]) => [
        name,
        (property as { default?: unknown }).default,
      ]),
    );
    const told = validator.validateFormData(untouched, pageOne).errors;
    expect(told.map(({ property, message }) => [property, message])).toEqual([
      ...(['component_id', 'databaseName', 'username'] as const).map(field => [
        `.${field}`,
        describeFieldMessages(field).minLength,
      ]),
      ['.owner', describeMissing('owner')],
    ]);
    expect(apiTakes(untouched)).toBe(false);
  });
});

describe('the steps', () => {
  it('are those of the design, in order', () => {
    expect(
      template.spec.steps.map((step: any) => [step.id, step.action]),
    ).toEqual([
      ['validate', 'goldenpath:request:validate'],
      ['trigger-rds', 'goldenpath:rds:dispatch'],
      ['template', 'goldenpath:app:render'],
      ['publish', 'goldenpath:app:publish'],
      ['register', 'catalog:register'],
      ['await-rds', 'goldenpath:rds:await'],
      ['what-exists', 'debug:log'],
    ]);
    expect(template.spec.steps.at(-1).if).toBe('${{ failure() }}');
  });

  it('create and register an app unless it exists already', () => {
    expect(
      template.spec.steps.flatMap(({ id, if: condition }: any) =>
        condition?.includes('existingApp') ? [[id, condition]] : [],
      ),
    ).toEqual(
      ['template', 'publish', 'register'].map(id => [
        id,
        '${{ not parameters.existingApp }}',
      ]),
    );
  });

  it('hand every field of the request to validate', () => {
    const { token: _, ...input } = template.spec.steps[0].input;
    const { waitUntilReady: __, ...fields } = properties;
    expect(input).toEqual(
      Object.fromEntries(
        Object.keys(fields).map(name => [name, `\${{ parameters.${name} }}`]),
      ),
    );
  });
});

it("every step that asks GitHub gets the user's own token", () => {
  const provision = read('rds-provision/template.yaml').spec.steps;
  for (const step of [...template.spec.steps, ...provision])
    if (step.action.startsWith('goldenpath:'))
      expect([step.id, step.input.token]).toEqual([
        step.id,
        '${{ secrets.USER_OAUTH_TOKEN }}',
      ]);
});

const WORKFLOW = '../platform/.github/workflows/create-rds-database.yml';
describe('the workflow that the form dispatches', () => {
  it('takes exactly the inputs that are sent', () => {
    const { inputs } = read(WORKFLOW).on.workflow_dispatch;
    const parsed = parseRequest({ ...form, requestedBy: 'jane' });
    if (!('request' in parsed)) throw new Error('The form is wrong.');
    const sent = workflowInputs(parsed.request, {
      taskId: 't',
      baseBranch: 'main',
    });
    expect(Object.keys(inputs).sort()).toEqual(Object.keys(sent).sort());
    expect(Object.keys(sent).length).toBeLessThanOrEqual(25);
    for (const [name, choices] of Object.entries({ risk: RISKS, size: SIZES }))
      expect(inputs[name]).toMatchObject({ type: 'choice', options: choices });
    // Each infra repo has its own list of these; the command line checks them.
    for (const name of ['environment', 'domain'])
      expect(inputs[name]).toMatchObject({ type: 'string', required: true });
  });
});
