import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { secretName } from '@goldenpath/plugin-golden-path-common';
import { renderDatabaseOwners } from '@goldenpath/plugin-golden-path-node';
import { parse, parseAllDocuments } from 'yaml';
import {
  Admission,
  AdmissionPolicySpec,
  refusalsOf,
} from '../tests/support/admission';
import {
  declareDatabase,
  renderCatalog,
} from '../tests/support/exampleDatabase';
import {
  ATTACKS,
  extract,
  OURS,
  property,
  spec,
  store,
  THEIRS,
} from '../tests/support/externalSecrets';
import {
  hasKubectl,
  kustomize,
  Manifest,
  validateManifest,
} from '../tests/support/kubernetes';
import { itWhen } from '../tests/support/needs';

const read = (file: string): Manifest =>
  parse(readFileSync(join(__dirname, 'kubernetes', file), 'utf8'));
const policy = read('policy/policy.yaml');
const binding = read('policy/binding.yaml');

const catalog = renderCatalog([
  declareDatabase('users_db', { owner: 'team-a' }),
  declareDatabase('audit_db', { owner: 'team-a' }),
  declareDatabase('orders_db', { owner: 'team-b' }),
]);
const params = parse(
  renderDatabaseOwners(catalog, 'rds-catalog.yaml', {
    store: 'aws-secrets-manager',
  }),
);

const pushSecret = {
  operation: 'CREATE' as const,
  resource: { resource: 'pushsecrets' },
};
const refusals = (
  what: object,
  {
    labels = { 'goldenpath.io/owner': 'team-a' },
    metadata = {},
    ...more
  }: Partial<Admission> & {
    labels?: Record<string, string>;
    metadata?: object;
  } = {},
  changed: Partial<AdmissionPolicySpec> = {},
) =>
  refusalsOf(
    { ...policy.spec, ...changed },
    {
      request: {
        operation: 'CREATE',
        resource: { resource: 'externalsecrets' },
      },
      object: { metadata: { name: 'x', ...metadata }, spec: what },
      oldObject: null,
      namespaceObject: { metadata: { name: 'user-service', labels } },
      params,
      ...more,
    },
  );

describe('what an ExternalSecret of the owner may fetch', () => {
  it.each([
    { reason: 'a database of theirs', what: extract(OURS) },
    { reason: 'another one', what: extract(secretName('dev', 'audit_db')) },
    { reason: 'one property', what: property(OURS) },
    { reason: 'both, twice', what: { ...extract(OURS), ...property(OURS) } },
    {
      reason: 'with keys renamed',
      what: extract(OURS, {
        rewrite: [{ regexp: { source: 'a', target: 'b' } }],
      }),
    },
    { reason: 'nothing', what: {} },
  ])('$reason', ({ what }) => {
    expect(refusals(spec(what))).toEqual([]);
  });

  it('what the skeleton makes for every app', () => {
    const manifest = parse(
      readFileSync(
        join(
          __dirname,
          '../skeleton/backend-app-rds/deploy/base/externalsecret.yaml',
        ),
        'utf8',
      )
        .replaceAll('${{ values.kubernetesSecretName | dump }}', '"x-db-creds"')
        .replace('${{ values.secretStore | dump }}', `"${store.name}"`)
        .replace('${{ values.secretName | dump }}', `"${OURS}"`),
    );
    expect(refusals(manifest.spec)).toEqual([]);
  });
});

describe('every other way of fetching is refused', () => {
  it.each(ATTACKS)('$reason', ({ what, says }) => {
    expect(refusals(what).join('\n')).toContain(says);
  });

  it.each<{ reason: string; labels: Record<string, string> | undefined }>([
    { reason: 'without labels', labels: undefined },
    { reason: 'without an owner', labels: { team: 'team-a' } },
    { reason: 'with an empty owner', labels: { 'goldenpath.io/owner': '' } },
    {
      reason: "whose owner is called like the store's key",
      labels: { 'goldenpath.io/owner': '_store' },
    },
    {
      reason: 'of a team without databases',
      labels: { 'goldenpath.io/owner': 'team-c' },
    },
  ])('from a namespace $reason', ({ labels }) => {
    const namespaceObject = {
      metadata: { name: 'n', ...(labels ? { labels } : {}) },
    };
    for (const key of [OURS, THEIRS, 'aws-secrets-manager-two'])
      expect(refusals(spec(extract(key)), { namespaceObject })).not.toEqual([]);
  });

  it('by a PushSecret', () => {
    expect(refusals(spec({}), { request: pushSecret }).join('\n')).toContain(
      'PushSecret',
    );
  });

  it('where there is no list of owners', () => {
    for (const none of [{}, { data: {} }, { data: { _store: store.name } }])
      expect(refusals(spec(extract(OURS)), { params: none })).not.toEqual([]);
    expect(binding.spec.paramRef.parameterNotFoundAction).toBe('Deny');
  });

  it('while it is being deleted, unless nothing of its spec changes', () => {
    const metadata = { deletionTimestamp: '2026-11-26T07:00:00Z' };
    const request = {
      operation: 'UPDATE' as const,
      resource: { resource: 'externalsecrets' },
    };
    const before = (what: object) => ({
      request,
      metadata,
      oldObject: { metadata, spec: what },
    });
    const theirs = spec(extract(THEIRS));
    expect(refusals(theirs, before(theirs))).toEqual([]);
    expect(refusals(theirs, before(spec(extract(OURS))))).not.toEqual([]);
    expect(refusals(theirs, { ...before(theirs), metadata: {} })).not.toEqual(
      [],
    );
  });
});

describe('each rule of the policy', () => {
  const rules: AdmissionPolicySpec['validations'] = policy.spec.validations;

  it.each(rules.map((_, left) => left))(
    'is needed: without number %i an attack succeeds',
    left => {
      const changed = { validations: rules.filter((_, i) => i !== left) };
      expect([
        ...ATTACKS.map(({ what }) => refusals(what, {}, changed)),
        refusals(spec({}), { request: pushSecret }, changed),
      ]).toContainEqual([]);
    },
  );
});

describe('the manifests', () => {
  it('refuse and do not only warn, in every version and in every namespace', () => {
    expect(policy.spec.failurePolicy).toBe('Fail');
    expect(policy.spec.matchConstraints.resourceRules).toEqual([
      {
        apiGroups: ['external-secrets.io'],
        apiVersions: ['*'],
        operations: ['CREATE', 'UPDATE'],
        resources: ['externalsecrets', 'pushsecrets'],
      },
    ]);
    expect(binding.spec).toMatchObject({
      policyName: policy.metadata.name,
      validationActions: ['Deny'],
      paramRef: {
        name: params.metadata.name,
        namespace: params.metadata.namespace,
      },
    });
  });

  it('say why in one line, as Kubernetes takes a message', () => {
    const rules: AdmissionPolicySpec['validations'] = policy.spec.validations;
    for (const { message, messageExpression } of rules) {
      expect(message ?? messageExpression).toMatch(/^.+$/);
    }
  });

  itWhen(hasKubectl(), 'kubectl 1.27')(
    'are what Kubernetes and External Secrets take',
    async () => {
      const manifests = ['policy', 'team-store'].flatMap(folder =>
        parseAllDocuments(kustomize(join(__dirname, 'kubernetes', folder))).map(
          document => document.toJS() as Manifest,
        ),
      );
      expect(manifests.map(({ kind }) => kind).sort()).toEqual([
        'SecretStore',
        'ServiceAccount',
        'ValidatingAdmissionPolicy',
        'ValidatingAdmissionPolicyBinding',
      ]);
      for (const manifest of [...manifests, params]) validateManifest(manifest);
    },
  );

  it("a team's store uses the role of its own service account", () => {
    const [account, teamStore] = parseAllDocuments(
      readFileSync(join(__dirname, 'kubernetes/team-store/store.yaml'), 'utf8'),
    ).map(document => document.toJS() as Manifest);
    expect(teamStore.spec.provider.aws.auth).toEqual({
      jwt: { serviceAccountRef: { name: account.metadata.name } },
    });
  });
});
