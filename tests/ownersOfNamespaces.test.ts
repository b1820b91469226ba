import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InMemoryCatalogClient } from '@backstage/catalog-client/testUtils';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import {
  parseOwner,
  parseRequest,
  workflowInputs,
} from '@goldenpath/plugin-golden-path-common';
import {
  planInfraRequest,
  readCatalog,
  renderDatabaseOwners,
  createCheckOwner,
} from '@goldenpath/plugin-golden-path-node';
import { parse } from 'yaml';
import { pullRequestText } from '../plugins/golden-path-node/src/pullRequest/decide/pullRequestText';
import { readGoldenPathConfig } from '../plugins/scaffolder-backend-module-golden-path/src/config';
import { CREATED, EXAMPLE_FORM } from './support/exampleDatabase';
import { renderSkeleton, skeletonValues } from './support/skeleton';

/** CASES 21: backstage #24684, #24576. What the picker sends, and what becomes of it at every place. */
const ROWS: Array<{
  group: { namespace: string; name: string };
  owner: string;
  label: string;
  reason: string;
}> = [
  {
    group: { namespace: 'default', name: 'platform-team' },
    owner: 'platform-team',
    label: 'platform-team',
    reason: 'the usual group',
  },
  {
    group: { namespace: 'payments', name: 'core' },
    owner: 'payments/core',
    label: 'payments..core',
    reason: 'a namespace of its own',
  },
  {
    group: { namespace: 'payments-eu', name: 'Core.Team_1' },
    owner: 'payments-eu/core.team_1',
    label: 'payments-eu..core.team_1',
    reason: 'a name with dots, underscores and capitals',
  },
  {
    group: { namespace: 'default', name: 'payments.core' },
    owner: 'payments.core',
    label: 'payments.core',
    reason: 'a name like the label of another group',
  },
  {
    group: { namespace: 'default', name: '1_000' },
    owner: '1_000',
    label: '1_000',
    reason: 'a name that YAML reads as a number',
  },
  {
    group: { namespace: 'default', name: 't'.repeat(63) },
    owner: 't'.repeat(63),
    label: 't'.repeat(63),
    reason: 'the longest name',
  },
  {
    group: { namespace: 'n'.repeat(30), name: 't'.repeat(31) },
    owner: `${'n'.repeat(30)}/${'t'.repeat(31)}`,
    label: `${'n'.repeat(30)}..${'t'.repeat(31)}`,
    reason: 'the longest name with a namespace that a label holds',
  },
];

const configOf = (owners: object) =>
  readGoldenPathConfig(
    new ConfigReader({
      goldenPath: {
        infraRepo: { repoUrl: 'github.com?owner=acme&repo=platform-infra' },
        owners,
      },
    }),
    ScmIntegrations.fromConfig(new ConfigReader({})),
  ).owners;

const CREDENTIALS = {
  $$type: '@backstage/BackstageCredentials',
  principal: undefined,
} as const;

const mayOwn = (group: { namespace: string; name: string }, owners: object) => {
  const entity = (kind: string, metadata: typeof group) => ({
    apiVersion: 'backstage.io/v1alpha1',
    kind,
    metadata,
  });
  const groupRef = stringifyEntityRef({ kind: 'Group', ...group });
  const catalog = new InMemoryCatalogClient({
    entities: [
      entity('Group', group),
      {
        ...entity('User', { namespace: 'default', name: 'jane' }),
        relations: [{ type: 'memberOf', targetRef: groupRef }],
      },
    ],
  });
  const parsed = parseOwner(groupRef);
  return createCheckOwner(configOf(owners), catalog)(
    {
      owner: 'owner' in parsed ? parsed.owner : '',
      requester: { ref: 'user:default/jane', name: 'jane' },
    },
    CREDENTIALS,
  );
};

const requestOf = (owner: string) => {
  const parsed = parseRequest({ ...EXAMPLE_FORM, owner, requestedBy: 'jane' });
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.request;
};

describe.each(ROWS)('$group: $reason', ({ group, owner, label }) => {
  // What OwnerPicker returns.
  const picked = stringifyEntityRef({ kind: 'Group', ...group });

  it('may own if goldenPath.owners.namespaces has its namespace, and not otherwise', async () => {
    expect(await mayOwn(group, { namespaces: [group.namespace] })).toEqual([]);
    expect(await mayOwn(group, { namespaces: ['elsewhere'] })).toEqual([
      {
        field: 'owner',
        message: expect.stringContaining(
          'goldenPath.owners.namespaces allows groups of "elsewhere"',
        ),
      },
    ]);
  });

  it('is the same in the form, the workflow, the infra repo, the cluster and the app', async () => {
    const sent = workflowInputs(requestOf(picked), {
      taskId: 'task-1',
      baseBranch: 'main',
    });
    expect(sent.owner).toBe(owner);

    // The workflow gives it to the command line, which reads it as a new request.
    const request = requestOf(sent.owner);
    expect(request.owner).toBe(owner);
    expect(
      pullRequestText(request, {
        taskId: 'task-1',
        paths: ['x.tfvars'],
      }).body,
    ).toContain(owner);
    const { changes } = await planInfraRequest(
      {
        catalog: { path: 'catalog.yaml', text: 'databases: {}\n' },
        tfvars: { path: 'x.tfvars', text: 'application_databases = {}\n' },
      },
      request,
      CREATED,
    );
    const catalog = changes[0].text;
    expect(readCatalog(catalog, 'x').dev.users_db.metadata.owner).toBe(owner);
    const { data } = parse(
      renderDatabaseOwners(catalog, 'x', { store: 'aws-secrets-manager' }),
      { version: '1.1' },
    );
    expect(data).toEqual({
      _store: 'aws-secrets-manager',
      [label]: 'goldenpath/dev/users_db/postgres',
    });

    const folder = await renderSkeleton(
      'backend-app-rds',
      skeletonValues(request),
    );
    const read = (path: string) => readFileSync(join(folder, path), 'utf8');
    const { spec } = parse(read('catalog-info.yaml'));
    expect(spec.owner).toBe(picked);
    const [{ pairs }] = parse(
      read('deploy/overlays/dev/kustomization.yaml'),
    ).labels;
    expect(pairs['goldenpath.io/owner']).toBe(label);
    expect(read('README.md')).toContain(`| Owner | \`${owner}\` |`);
    rmSync(folder, { recursive: true, force: true });
  });
});

it('gives each of these groups its own label', () => {
  expect(new Set(ROWS.map(({ label }) => label)).size).toBe(ROWS.length);
});

describe('every spelling of a group is the same owner', () => {
  it.each([
    'group:payments/core',
    'Group:Payments/Core',
    'GROUP:PAYMENTS/CORE',
    'payments/core',
    'Payments/core',
  ])('%s', ref => {
    expect(requestOf(ref).owner).toBe('payments/core');
  });
});

describe('what is no group of the catalog is refused', () => {
  it.each([
    { ref: 'user:default/jane', says: 'owned by a Group, not by a user' },
    { ref: 'User:payments/jane', says: 'owned by a Group, not by a User' },
    { ref: 'system:default/shop', says: 'not by a system' },
    { ref: 'group:a/b/c', says: 'choose a Group of the catalog' },
    { ref: 'group:pay_ments/core', says: 'use the name of a Group' },
    { ref: 'group:payments./core', says: 'use the name of a Group' },
    { ref: 'group:/core', says: 'use the name of a Group' },
    { ref: 'group:payments/', says: 'use the name of a Group' },
    { ref: 'group:payments/co re', says: 'use the name of a Group' },
    { ref: `group:${'t'.repeat(64)}`, says: 'use at most 63 characters' },
    {
      ref: `group:${'n'.repeat(31)}/${'t'.repeat(31)}`,
      says: 'at most 62 characters, because Kubernetes labels hold 63',
    },
  ])('$ref: $says', ({ ref, says }) => {
    const parsed = parseRequest({
      ...EXAMPLE_FORM,
      owner: ref,
      requestedBy: 'jane',
    });
    expect(parsed).toEqual({
      problems: expect.arrayContaining([
        { field: 'owner', message: expect.stringContaining(says) },
      ]),
    });
  });
});

describe('the form offers the groups that goldenPath.owners takes', () => {
  type Filter = Record<string, string | string[]>;
  const offered = ({ namespaces, filter }: ReturnType<typeof configOf>) =>
    namespaces.map(namespace => ({
      kind: 'Group',
      'metadata.namespace': namespace,
      ...filter,
    }));
  const toList = (filter: Filter | Filter[]) => [filter].flat();

  it('as shipped', () => {
    const { spec } = parse(
      readFileSync(
        resolve(__dirname, '../templates/backend-app-rds/template.yaml'),
        'utf8',
      ),
    );
    const { catalogFilter } = spec.parameters[0].properties.owner['ui:options'];
    expect(toList(catalogFilter)).toEqual(offered(configOf({})));
  });

  it("in install.md's example with two namespaces", () => {
    const text = readFileSync(resolve(__dirname, '../docs/install.md'), 'utf8');
    const examples = [...text.matchAll(/^```yaml\n(.*?)^```/gms)].map(
      ([, yaml]) => parse(yaml),
    );
    const owners = examples.find(one => one?.goldenPath?.owners);
    const form = examples.find(one => one?.catalogFilter);
    expect(offered(configOf(owners.goldenPath.owners))).toEqual(
      toList(form.catalogFilter),
    );
    expect(owners.goldenPath.owners.namespaces.length).toBeGreaterThan(1);
  });
});
