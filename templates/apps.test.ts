import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { appSchema, parseApp } from '@goldenpath/plugin-golden-path-common';
import { validate } from 'jsonschema';
import { parse } from 'yaml';

const read = (name: string) =>
  parse(readFileSync(resolve(__dirname, name, 'template.yaml'), 'utf8'));

const withDatabase = Object.assign(
  {},
  ...read('backend-app-rds').spec.parameters.map(
    (page: any) => page.properties,
  ),
);

/** The texts that name the database, and what they say without one. templates/backend-app-rds.test.ts compares the rest with the contract. */
const OTHER_DESCRIPTIONS = {
  owner: 'The team that owns the app. Choose a team of yours.',
  environment:
    'Where the app is deployed first. It can be deployed to every environment.',
  domain: 'The part of the platform that the app belongs to',
};

describe.each(['stateless-app', 'stateful-app'])('the form %s', name => {
  const template = read(name);
  const { parameters, steps, output } = template.spec;
  const [page] = parameters;
  const form = {
    component_id: 'price-calculator',
    owner: 'group:default/platform-team',
    environment: 'dev',
  };

  it('asks for the fields of an app, in the words of backend-app-rds', () => {
    expect(parameters).toHaveLength(1);
    expect(page.required).toEqual(Object.keys(form));
    const { requestedBy: _, ...fields } = appSchema().shape;
    expect(Object.keys(page.properties)).toEqual(Object.keys(fields));
    for (const [field, property] of Object.entries(page.properties))
      expect({ field, property }).toEqual({
        field,
        property: {
          ...withDatabase[field],
          description:
            OTHER_DESCRIPTIONS[field as keyof typeof OTHER_DESCRIPTIONS] ??
            withDatabase[field].description,
        },
      });
  });

  it.each([
    { values: {}, taken: true },
    { values: { description: 'Prices, 📦' }, taken: true },
    { values: { component_id: '9lives' }, taken: false },
    { values: { component_id: '' }, taken: false },
    { values: { environment: 'qa' }, taken: false },
    { values: { domain: 'nope' }, taken: false },
    { values: { description: 'two\nlines' }, taken: false },
  ])('takes what the contract takes: $values', ({ values, taken }) => {
    const sent = { ...form, ...values };
    expect(validate(sent, page).valid).toBe(taken);
    expect('request' in parseApp({ ...sent, requestedBy: 'jane' })).toBe(taken);
  });

  it('checks, renders, publishes and registers its own skeleton', () => {
    expect(steps.map((step: any) => [step.id, step.action])).toEqual([
      ['validate', 'goldenpath:app:validate'],
      ['template', 'goldenpath:app:render'],
      ['publish', 'goldenpath:app:publish'],
      ['register', 'catalog:register'],
      ['what-exists', 'debug:log'],
    ]);
    const [check, ...others] = steps;
    const { token, ...input } = check.input;
    expect(input).toEqual(
      Object.fromEntries(
        Object.keys(page.properties).map(field => [
          field,
          `\${{ parameters.${field} }}`,
        ]),
      ),
    );
    for (const step of others.slice(0, 2))
      expect(step.input).toEqual({
        request: '${{ steps.validate.output.request }}',
        skeleton: name,
        token,
      });
    expect(token).toBe('${{ secrets.USER_OAUTH_TOKEN }}');
    expect(steps.at(-1).if).toBe('${{ failure() }}');
  });

  it('names the template and its outcomes in its own words', () => {
    expect(template.metadata.name).toBe(name);
    expect(JSON.stringify({ steps, output })).not.toMatch(/pull request|rds/i);
  });
});
