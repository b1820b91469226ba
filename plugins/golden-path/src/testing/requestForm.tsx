import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { identityApiRef } from '@backstage/frontend-plugin-api';
import { renderInTestApp } from '@backstage/frontend-test-utils';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { Stepper } from '@backstage/plugin-scaffolder-react/alpha';
import {
  describeFieldMessages,
  describeMissing,
  FIELD_RULES,
  NameAvailability,
  RequestPlan,
} from '@goldenpath/plugin-golden-path-common';
import {
  act,
  fireEvent,
  screen,
  waitFor,
  within,
} from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { parse } from 'yaml';
import { GoldenPathApi, goldenPathApiRef } from '../api/GoldenPathApi';
import { OWNER_FIELD, REQUEST_FIELD } from '../fields/fieldNames';
import { OwnerField } from '../fields/OwnerField';
import { RequestPage } from '../fields/RequestPage';

const readForm = (template: string) => ({
  title: template,
  steps: parse(
    readFileSync(
      resolve(__dirname, `../../../../templates/${template}/template.yaml`),
      'utf8',
    ),
  ).spec.parameters.map((schema: { title: string }) => ({
    title: schema.title,
    schema,
  })),
});

const group = (name: string, displayName: string) => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Group',
  metadata: { name, namespace: 'default' },
  spec: { profile: { displayName } },
});
const GROUPS = [
  ...Array.from({ length: 60 }, (_, i) => group(`team-${i}`, `Team ${i}`)),
  group('checkout-team', 'Checkout Team'),
];

/** In the place of Backstage's own, which every app has. */
const OwnerPicker = ({ schema }: { schema: { title?: string } }) => (
  <label>
    {schema.title}
    <input />
  </label>
);

/** The form as Backstage shows it, with or without the plugin. */
const openForm = async ({
  template = 'backend-app-rds',
  installed = true,
  checkNames = async names =>
    Object.keys(names)
      .filter(field => field !== 'environment')
      .map(
        field => ({ field, state: 'free', message: '' } as NameAvailability),
      ),
  plan = async () => ({ requestId: 'x', problems: [], approvals: [] }),
}: {
  template?: string;
  installed?: boolean;
  checkNames?: GoldenPathApi['checkNames'];
  plan?: GoldenPathApi['plan'];
} = {}) => {
  const checks: Array<Parameters<GoldenPathApi['checkNames']>[0]> = [];
  const queries: Array<Record<string, any>> = [];
  const backend = {
    checkNames: (names, options) => {
      checks.push(names);
      return checkNames(names, options);
    },
    plan,
  } as GoldenPathApi;
  const catalog = {
    getEntityByRef: async (ref: string) =>
      GROUPS.find(({ metadata }) => ref === `group:default/${metadata.name}`),
    queryEntities: async (query: Record<string, any>) => {
      queries.push(query);
      const names = query.filter[0]['metadata.name'];
      const text = query.fullTextFilter?.term.toLowerCase() ?? '';
      const found = GROUPS.filter(
        ({ metadata, spec }) =>
          (!names || names.includes(metadata.name)) &&
          spec.profile.displayName.toLowerCase().includes(text),
      );
      return {
        items: found.slice(0, query.limit),
        totalItems: found.length,
        pageInfo: {},
      };
    },
    async *streamEntities() {
      yield GROUPS;
    },
  };
  const created: unknown[] = [];
  renderInTestApp(
    <Stepper
      manifest={readForm(template)}
      extensions={
        installed
          ? [
              { name: REQUEST_FIELD, component: RequestPage },
              { name: OWNER_FIELD, component: OwnerField },
            ]
          : [{ name: 'OwnerPicker', component: OwnerPicker }]
      }
      onCreate={async values => {
        created.push(values);
      }}
    />,
    {
      apis: [
        [goldenPathApiRef, backend],
        [catalogApiRef, catalog],
        [
          identityApiRef,
          {
            getBackstageIdentity: async () => ({
              type: 'user' as const,
              userEntityRef: 'user:default/guest',
              ownershipEntityRefs: [
                'user:default/guest',
                'group:default/checkout-team',
              ],
            }),
          },
        ],
      ],
    },
  );
  await screen.findByLabelText(/App name/);
  return { user: userEvent.setup(), checks, queries, created };
};

const field = (label: RegExp) => screen.getByLabelText<HTMLInputElement>(label);
const appName = () => field(/App name/);
const databaseName = () => field(/Database name/);
const username = () => field(/Database user/);

/** All at once, which costs less than key by key. */
const enter = (input: HTMLElement, value: string) =>
  fireEvent.change(input, { target: { value } });

/** Goes on, with all messages at once, as packages/app has it. */
const press = (name: RegExp) => {
  document.querySelector('form')!.noValidate = true;
  fireEvent.click(screen.getByRole('button', { name }));
};

describe('the form with the plugin', () => {
  it('fills the names, and says that they are free', async () => {
    const { checks } = await openForm();
    enter(appName(), 'user-service');
    expect(databaseName().value).toBe('user_service_db');
    expect(username().value).toBe('user_service_app_user');
    for (const name of [
      'user-service',
      'user_service_db',
      'user_service_app_user',
    ])
      await screen.findByText(`${name} is free.`);
    expect(checks.at(-1)).toEqual({
      environment: 'dev',
      component_id: 'user-service',
      databaseName: 'user_service_db',
      username: 'user_service_app_user',
    });

    enter(databaseName(), 'users_db');
    await screen.findByText('users_db is free.');
    expect(checks.at(-1)).toEqual({
      environment: 'dev',
      databaseName: 'users_db',
    });
    enter(appName(), 'users');
    expect(databaseName().value).toBe('users_db');
    expect(username().value).toBe('users_app_user');
  });

  it('says what is wrong in the words of the form, and once after Next', async () => {
    await openForm();
    const { pattern } = describeFieldMessages('component_id');
    enter(appName(), 'User Service');
    await screen.findByText(pattern.replace(/^use/, 'Use'));
    press(/Next/);
    // The list at the top, and below the field.
    await waitFor(() =>
      expect(document.body.textContent?.split(pattern)).toHaveLength(3),
    );
    expect(document.body.textContent).toContain(describeMissing('owner'));
    enter(appName(), 'user-service');
    await screen.findByText('user-service is free.');
    // The list at the top stays as it was until the next Next.
    expect(document.body.textContent?.split(pattern)).toHaveLength(2);
    expect(
      document.body.textContent?.split(describeMissing('owner')),
    ).toHaveLength(3);
  });

  it('says once of each field that it is empty', async () => {
    await openForm();
    press(/Next/);
    const messages = [
      describeMissing('owner'),
      ...(['component_id', 'databaseName', 'username'] as const).map(
        name => describeFieldMessages(name).minLength,
      ),
    ];
    // The list at the top, and below the field.
    await waitFor(() =>
      expect(
        messages.map(
          message => document.body.textContent?.split(message).length,
        ),
      ).toEqual([3, 3, 3, 3]),
    );
    expect(document.body.textContent).not.toContain(
      describeFieldMessages('component_id').pattern,
    );
  });

  it('leaves the name of an app that exists alone', async () => {
    const message = 'user-service has a database; choose another name.';
    const { user, checks } = await openForm({
      checkNames: async names =>
        Object.keys(names).map(
          about =>
            ({
              field: about,
              state: about === 'component_id' ? 'taken' : 'free',
              message,
            } as NameAvailability),
        ),
    });
    enter(appName(), 'user-service');
    await screen.findByText(message);
    await user.click(
      screen.getByRole('checkbox', { name: /The app exists already/ }),
    );
    expect(screen.queryByText(message)).toBeNull();
    enter(appName(), 'other-service');
    await screen.findByText('other_service_db is free.');
    expect(screen.queryByText(message)).toBeNull();
    expect(checks.at(-1)).not.toHaveProperty('component_id');
  });

  it('goes on when names are taken, the backend is slow, or it fails', async () => {
    const answers: Array<() => Promise<NameAvailability[]>> = [
      async () => [
        {
          field: 'component_id',
          state: 'taken',
          message:
            'App name: the repository acme/shop exists; choose another name.',
        },
        {
          field: 'databaseName',
          state: 'taken',
          message: 'Database name: shop_db is taken; choose another name.',
        },
      ],
      () => new Promise(() => {}),
      () => Promise.reject(new Error('boom')),
    ];
    const { user, created } = await openForm({
      checkNames: () => answers.shift()?.() ?? Promise.reject(new Error('x')),
      plan: () => Promise.reject(new Error('boom')),
    });
    enter(appName(), 'shop');
    await screen.findByText(
      'The repository acme/shop exists; choose another name.',
    );
    screen.getByText('shop_db is taken; choose another name.');
    enter(appName(), 'shops');
    await screen.findByText('Checking whether shops is free…');
    enter(appName(), 'shops2');
    await screen.findByText(/^Couldn't check whether shops2 is free\./);

    await user.click(screen.getByRole('combobox', { name: /Owner/ }));
    await user.click(
      await screen.findByRole('option', { name: /Checkout Team/ }),
    );
    press(/Next/);
    await screen.findByText(/^Couldn't ask what will be created\./);
    press(/Review/);
    await user.click(await screen.findByRole('button', { name: 'Create' }));
    await waitFor(() => expect(created).toHaveLength(1));
    expect(created[0]).toEqual({
      component_id: 'shops2',
      databaseName: 'shops2_db',
      username: 'shops2_app_user',
      owner: 'group:default/checkout-team',
      environment: 'dev',
      size: 'small',
      risk: 'medium',
      domain: 'delivery',
      existingApp: false,
      waitUntilReady: false,
    });
  });

  it('offers own teams first, and finds others by keyboard', async () => {
    const { user, queries } = await openForm();
    const owner = screen.getByRole('combobox', { name: /Owner/ });
    await user.click(owner);
    const own = await screen.findByRole('group', { name: 'Your teams' });
    expect(
      within(own)
        .getAllByRole('option')
        .map(({ textContent }) => textContent),
    ).toEqual(['Checkout Teamgroup:default/checkout-team']);
    expect(screen.getAllByRole('option')[0].textContent).toContain(
      'Checkout Team',
    );
    await screen.findByText('11 more teams: type to find one.');
    enter(owner, 'team 59');
    expect(screen.queryByText(/^You are not a member/)).toBeNull();
    await screen.findByRole('option', { name: /Team 59/ });
    await user.keyboard('{ArrowDown}{Enter}');
    expect((owner as HTMLInputElement).value).toBe('Team 59');
    await screen.findByText(
      /^You are not a member of Team 59\. .* choose a team of yours/,
    );
    expect(queries.every(({ filter }) => filter[0].kind === 'Group')).toBe(
      true,
    );
    expect(queries.every(({ limit }) => limit <= 500)).toBe(true);

    // Cleared, it is missing as OwnerPicker's is.
    await user.clear(owner);
    await user.keyboard('{Escape}');
    await user.tab();
    press(/Next/);
    await waitFor(() =>
      expect(document.body.textContent).toContain(
        `${FIELD_RULES.owner.title}: ${describeMissing('owner')}`,
      ),
    );
  });

  it('shows on the last page what will be created', async () => {
    const asked: unknown[] = [];
    const { user } = await openForm({
      plan: async request => {
        asked.push(request);
        const plan: RequestPlan = {
          requestId: 'dev-shop_db',
          problems: [
            { field: 'databaseName', message: 'shop_db exists in dev.' },
          ],
          repositoryUrl: 'https://github.com/acme/shop',
          pullRequest: {
            title: 'Create RDS database shop_db (dev)',
            branch: 'database/dev/shop_db',
            labels: ['rds-database', 'dev'],
          },
          secretName: 'goldenpath/dev/shop_db/postgres',
          kubernetesSecretName: 'shop-db-creds',
          entityRef: 'resource:default/rds-dev-shop_db',
          approvals: ['A reviewer of platform-team.'],
        };
        return plan;
      },
    });
    enter(appName(), 'shop');
    await user.click(screen.getByRole('combobox', { name: /Owner/ }));
    await user.click(
      await screen.findByRole('option', { name: /Checkout Team/ }),
    );
    press(/Next/);
    for (const text of [
      'What will be created',
      'shop_db exists in dev.',
      'https://github.com/acme/shop',
      'Create RDS database shop_db (dev)',
      'database/dev/shop_db',
      'goldenpath/dev/shop_db/postgres',
      'shop-db-creds',
      'resource:default/rds-dev-shop_db',
      'A reviewer of platform-team.',
    ])
      await screen.findByText(text);
    expect(asked).toEqual([
      {
        component_id: 'shop',
        databaseName: 'shop_db',
        username: 'shop_app_user',
        owner: 'group:default/checkout-team',
        environment: 'dev',
        size: 'small',
        risk: 'medium',
        domain: 'delivery',
        existingApp: false,
      },
    ]);
    // Back: what was filled is still filled from the app's name.
    await user.click(screen.getByRole('button', { name: 'Back' }));
    enter(await screen.findByLabelText(/App name/), 'shops');
    expect(databaseName().value).toBe('shops_db');
    await act(async () => {});
  });
});

describe.each(['backend-app-rds', 'stateless-app', 'stateful-app'])(
  'the plain form of %s, without the plugin',
  template => {
    it('has the same fields with their labels, descriptions and messages', async () => {
      const { checks } = await openForm({ template, installed: false });
      const [{ schema }] = readForm(template).steps;
      for (const { title } of Object.values<{ title: string }>(
        schema.properties,
      ))
        expect(
          screen.getAllByLabelText(new RegExp(title)).length,
        ).toBeGreaterThan(0);
      screen.getByText(schema.properties.component_id.description);
      enter(appName(), 'User Service');
      press(/Next|Review/);
      await waitFor(() =>
        expect(document.body.textContent).toContain(
          describeFieldMessages('component_id').pattern,
        ),
      );
      expect(checks).toEqual([]);
    });
  },
);
