import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Claims, contextOf, SubjectForm } from '../tests/support/githubToken';
import { filledIn, isAllowed, listOf } from '../tests/support/iamPolicy';
import {
  policyNames,
  readPolicy,
  readPolicyText,
} from '../tests/support/kitPolicies';

const install = readFileSync(resolve(__dirname, '../docs/install.md'), 'utf8');

describe.each(policyNames)('iam/%s.json', name => {
  it('is a policy without wildcards, but for what has no resource to name', () => {
    const { Version, Statement } = readPolicy(name);
    expect(Version).toBe('2012-10-17');
    for (const { Action, Resource } of Statement) {
      expect(
        listOf(Action).filter(action => !/^[a-z0-9-]+:[A-Za-z]+$/.test(action)),
      ).toEqual([]);
      // AWS knows no resource for these (Service Authorization Reference).
      if (listOf(Resource).includes('*')) {
        expect([
          'secretsmanager:BatchGetSecretValue',
          'secretsmanager:GetRandomPassword',
          'ecr:GetAuthorizationToken',
        ]).toEqual(expect.arrayContaining(listOf(Action)));
      }
    }
  });

  it('leaves nothing to be filled in but what install.md names', () => {
    const asked = [...readPolicyText(name).matchAll(/<([a-z-]+)>/g)].map(
      match => match[1],
    );
    for (const placeholder of new Set(asked))
      expect(install).toContain(`\`<${placeholder}>\``);
  });
});

const VALUES = {
  account: '123456789012',
  owner: 'acme',
  'owner-id': '42',
  'infra-repo': 'platform-infra',
  'infra-repo-id': '77',
  environment: 'prod',
  'cluster-oidc': 'oidc.eks.example/id/1',
  namespace: 'team-a',
  'service-account': 'secrets',
};
const infra: Claims = {
  repository_owner: 'acme',
  repository_owner_id: '42',
  repository: 'acme/platform-infra',
  repository_id: '77',
  ref: 'refs/heads/main',
  event_name: 'push',
  job_workflow_ref:
    'acme/platform-infra/.github/workflows/rds-database-apply.yml@refs/heads/main',
};
const app: Claims = {
  ...infra,
  repository: 'acme/user-service',
  repository_id: '101',
  job_workflow_ref:
    'acme/platform-infra/.github/workflows/_build-and-release.yml@refs/heads/main',
};
const PUSH_KEYS = ['repository_owner_id', 'ref', 'job_workflow_ref'];

const takes = (role: string, context: Record<string, string>) =>
  isAllowed(filledIn(readPolicyText(`trust-${role}`), VALUES), {
    action: 'sts:AssumeRoleWithWebIdentity',
    context,
  });

const inProd = { ...infra, environment: 'prod' };
const inCheck = { ...infra, environment: 'prod-check' };
const inRotate = { ...infra, environment: 'prod-rotate' };
const pullRequest = {
  ...infra,
  ref: 'refs/pull/7/merge',
  event_name: 'pull_request',
};

describe('who may take a role with a token of GitHub', () => {
  it.each([
    { role: 'apply', claims: inProd, reason: 'apply in its environment' },
    {
      role: 'check',
      claims: inCheck,
      reason: 'check in an environment of its own',
    },
    {
      role: 'rotation',
      claims: inRotate,
      reason: 'rotation in an environment of its own',
    },
    { role: 'plan', claims: pullRequest, reason: 'a pull request' },
  ])('$role: $reason, and none of the others', ({ role, claims }) => {
    expect(
      ['apply', 'check', 'rotation', 'plan', 'push', 'push-claims'].filter(
        one => takes(one, contextOf(claims)),
      ),
    ).toEqual([role]);
  });

  it.each<{ reason: string; claims: Claims; form?: SubjectForm }>([
    { reason: 'a push to a branch', claims: { ...infra, ref: 'refs/heads/x' } },
    { reason: 'a push to main outside of environments', claims: infra },
    {
      reason: "another environment's job",
      claims: { ...infra, environment: 'dev' },
    },
    {
      reason: 'an environment whose name goes on',
      claims: { ...infra, environment: 'prod-check-two' },
    },
    {
      reason: 'an environment named to look like two claims',
      claims: { ...infra, environment: 'x:environment:prod' },
    },
    {
      reason: 'another repo of the organisation with that environment',
      claims: {
        ...inProd,
        repository: 'acme/user-service',
        repository_id: '101',
      },
    },
    {
      reason: 'a repo that was deleted and made again under the name',
      claims: { ...inProd, repository_id: '78' },
    },
    {
      reason: 'an organisation that took over the name',
      claims: { ...inProd, repository_owner_id: '43' },
    },
    {
      reason: 'the older form of the subject',
      claims: inProd,
      form: { byName: true },
    },
    {
      reason: 'a repo that chooses its own subject',
      claims: {
        ...inProd,
        repository: 'acme/user-service',
        repository_id: '101',
      },
      form: { keys: ['context'] },
    },
  ])('apply, check and rotation are refused to $reason', ({ claims, form }) => {
    for (const role of ['apply', 'check', 'rotation'])
      expect(takes(role, contextOf(claims, form))).toBe(false);
  });

  it('a token that was made for somebody else is refused', () => {
    expect(
      takes(
        'apply',
        contextOf(inProd, { audience: 'https://github.com/acme' }),
      ),
    ).toBe(false);
  });
});

describe.each([
  { role: 'push', form: { keys: PUSH_KEYS, onlySubject: true } },
  { role: 'push-claims', form: {} },
])('who may take the push role: trust-$role.json', ({ role, form }) => {
  it('every app repo from its main, in the called workflow', () => {
    for (const repository of ['acme/user-service', 'acme/orders'])
      expect(takes(role, contextOf({ ...app, repository }, form))).toBe(true);
  });

  it('and from a version tag, whose commit that workflow looks for on main', () => {
    expect(
      takes(role, contextOf({ ...app, ref: 'refs/tags/v1.2.3' }, form)),
    ).toBe(true);
  });

  const workflow = (ref: string) => ({ ...app, job_workflow_ref: ref });
  it.each<{ reason: string; claims: Claims }>([
    {
      reason: "a workflow of the app repo's own",
      claims: workflow(
        'acme/user-service/.github/workflows/delivery.yml@refs/heads/main',
      ),
    },
    {
      reason: 'a copy of the workflow under the same name',
      claims: workflow(
        'acme/user-service/.github/workflows/_build-and-release.yml@refs/heads/main',
      ),
    },
    {
      reason: 'the workflow as a branch of the infra repo has it',
      claims: workflow(
        'acme/platform-infra/.github/workflows/_build-and-release.yml@refs/heads/x',
      ),
    },
    {
      reason: 'the workflow at a tag',
      claims: workflow(
        'acme/platform-infra/.github/workflows/_build-and-release.yml@refs/tags/main',
      ),
    },
    {
      reason: 'another workflow of the infra repo',
      claims: workflow(
        'acme/platform-infra/.github/workflows/rds-drift.yml@refs/heads/main',
      ),
    },
    { reason: 'a branch of the app', claims: { ...app, ref: 'refs/heads/x' } },
    {
      reason: 'another tag of the app',
      claims: { ...app, ref: 'refs/tags/x' },
    },
    {
      reason: 'a branch of the app that is named like a tag',
      claims: { ...app, ref: 'refs/heads/tags/v1' },
    },
    {
      reason: "a version tag in a workflow of the app repo's own",
      claims: {
        ...workflow(
          'acme/user-service/.github/workflows/_build-and-release.yml@refs/heads/main',
        ),
        ref: 'refs/tags/v1',
      },
    },
    {
      reason: 'a pull request of the app',
      claims: { ...app, ref: 'refs/pull/1/merge', event_name: 'pull_request' },
    },
    {
      reason:
        'a stranger who calls the workflow, which a public repo lets anybody',
      claims: {
        ...app,
        repository_owner: 'evil',
        repository_owner_id: '666',
        repository: 'evil/x',
      },
    },
    {
      reason: 'an organisation that took over the name',
      claims: { ...app, repository_owner_id: '43' },
    },
  ])('is refused to $reason', ({ claims }) => {
    expect(takes(role, contextOf(claims, form))).toBe(false);
  });

  it('whatever subject a stranger chooses, it is refused', () => {
    const stranger = {
      ...app,
      repository_owner: 'evil',
      repository_owner_id: '666',
      repository: 'evil/x',
      environment: 'acme@42/',
    };
    const keys = [...Object.keys(stranger), 'repo', 'context'];
    for (const first of keys)
      for (const second of keys)
        for (const third of keys)
          expect(
            takes(role, {
              ...contextOf(stranger, { keys: [first, second, third] }),
            }),
          ).toBe(false);
  });
});

it('until AWS takes claims beside the subject, trust-push-claims.json refuses everybody', () => {
  expect(takes('push-claims', contextOf(app, { onlySubject: true }))).toBe(
    false,
  );
});

it('a role of the cluster is for one service account', () => {
  const issuer = VALUES['cluster-oidc'];
  const token = (namespace: string, account: string) => ({
    [`${issuer}:aud`]: 'sts.amazonaws.com',
    [`${issuer}:sub`]: `system:serviceaccount:${namespace}:${account}`,
  });
  expect(takes('cluster', token('team-a', 'secrets'))).toBe(true);
  for (const [namespace, account] of [
    ['team-b', 'secrets'],
    ['team-a', 'default'],
    ['team-a-two', 'secrets'],
  ])
    expect(takes('cluster', token(namespace, account))).toBe(false);
});

describe('what install.md says of subjects', () => {
  /** The sed of install.md that makes a trust policy for GHES and for repos of before July 2026. */
  const byName = (json: string) => {
    const [, script] = /sed -e '(s\/@<owner-id>.*)'/.exec(install)!;
    return script
      .split('; ')
      .map(one => one.split('/'))
      .reduce((done, [, from, to]) => done.replaceAll(from, to), json);
  };

  it.each(['apply', 'check', 'rotation', 'plan'])(
    'the older form comes of trust-%s.json by leaving the ids out',
    role => {
      const claims = {
        apply: inProd,
        check: inCheck,
        rotation: inRotate,
        plan: pullRequest,
      }[role]!;
      const older = filledIn(byName(readPolicyText(`trust-${role}`)), VALUES);
      const may = (form: SubjectForm) =>
        isAllowed(older, {
          action: 'sts:AssumeRoleWithWebIdentity',
          context: contextOf(claims, form),
        });
      expect(may({ byName: true })).toBe(true);
      expect(may({})).toBe(false);
    },
  );

  it('asks for the claim keys that trust-push.json was written for', () => {
    const asked = [
      ...install.matchAll(/include_claim_keys\[\]=([a-z_]+)/g),
    ].map(match => match[1]);
    expect(asked).toEqual(PUSH_KEYS);
  });
});
