import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { createOctokit } from './client';
import { createSetupReader } from './setupReader';

const RULESETS = [
  {
    type: 'pull_request',
    parameters: {
      required_approving_review_count: 2,
      require_code_owner_review: true,
      require_last_push_approval: false,
      dismiss_stale_reviews_on_push: false,
      required_review_thread_resolution: false,
    },
  },
  {
    type: 'required_status_checks',
    parameters: {
      strict_required_status_checks_policy: false,
      required_status_checks: [{ context: 'guard' }],
    },
  },
  { type: 'non_fast_forward' },
  { type: 'deletion' },
];
const PROTECTION = {
  required_status_checks: { checks: [{ context: 'lint', app_id: null }] },
  required_pull_request_reviews: { required_approving_review_count: 1 },
  enforce_admins: { enabled: true },
  allow_force_pushes: { enabled: false },
  allow_deletions: { enabled: true },
};

/** GitHub with these answers by path; everything else is hidden. */
const readSetup = async (
  answers: Record<string, [status: number, body: unknown]>,
) => {
  const server = createServer(({ url }, response) => {
    const { pathname } = new URL(url!, 'http://localhost');
    const [status, body] = answers[
      pathname.replace('/repos/acme/infra', '')
    ] ?? [404, { message: 'Not Found' }];
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>(done => {
    server.listen(0, '127.0.0.1', done);
  });
  const { port } = server.address() as AddressInfo;
  const apiUrl = `http://127.0.0.1:${port}`;
  try {
    return await createSetupReader(
      async () => createOctokit({ apiUrl, token: 'x' }),
      { owner: 'acme', repo: 'infra' },
    ).readSetup('main');
  } finally {
    server.close();
  }
};

describe('createSetupReader', () => {
  it.each<{
    reason: string;
    rules: unknown;
    protection: [number, unknown];
    branch: object;
  }>([
    {
      reason: 'rulesets alone',
      rules: RULESETS,
      protection: [404, { message: 'Branch not protected' }],
      branch: {
        value: {
          checks: ['guard'],
          approvals: 2,
          codeOwners: true,
          allowsForcePushes: false,
          allowsDeletion: false,
          includesAdmins: undefined,
        },
      },
    },
    {
      reason: 'protection alone',
      rules: [],
      protection: [200, PROTECTION],
      branch: {
        value: {
          checks: ['lint'],
          approvals: 1,
          codeOwners: false,
          allowsForcePushes: false,
          allowsDeletion: true,
          includesAdmins: true,
        },
      },
    },
    {
      reason: 'both together',
      rules: RULESETS,
      protection: [200, PROTECTION],
      branch: {
        value: {
          checks: ['lint', 'guard'],
          approvals: 2,
          codeOwners: true,
          allowsForcePushes: false,
          allowsDeletion: false,
          includesAdmins: true,
        },
      },
    },
    {
      reason: 'neither',
      rules: [],
      protection: [404, { message: 'Branch not protected' }],
      branch: {
        value: expect.objectContaining({
          checks: [],
          allowsForcePushes: true,
          allowsDeletion: true,
        }),
      },
    },
    {
      reason: 'a token that may not see the protection',
      rules: [],
      protection: [404, { message: 'Not Found' }],
      branch: {
        reason:
          'GitHub answered 404, "Not Found". Use the token of an administrator of the repo.',
      },
    },
    {
      reason: 'a plan without protection',
      rules: [],
      protection: [403, { message: 'Upgrade to GitHub Pro' }],
      branch: { reason: expect.stringContaining('"Upgrade to GitHub Pro"') },
    },
  ])('reads the rules of a branch: $reason', async row => {
    const setup = await readSetup({
      '/rules/branches/main': [200, row.rules],
      '/branches/main/protection': row.protection,
    });
    expect(setup.branch).toEqual(row.branch);
    expect(setup.teams).toMatchObject({ reason: expect.any(String) });
  });

  it('reads variables and secrets of the organization too; those of the repo win', async () => {
    const list = (key: string, items: object[]): [number, unknown] => [
      200,
      { total_count: items.length, [key]: items },
    ];
    const { variables, secrets } = await readSetup({
      '/actions/organization-variables': list('variables', [
        { name: 'AWS_REGION', value: 'eu-west-1' },
        { name: 'OTHER', value: 'x' },
      ]),
      '/actions/variables': list('variables', [
        { name: 'AWS_REGION', value: 'eu-central-1' },
      ]),
      '/actions/organization-secrets': list('secrets', [{ name: 'A' }]),
      '/actions/secrets': list('secrets', [{ name: 'B' }]),
    });
    expect(variables).toEqual({
      value: { AWS_REGION: 'eu-central-1', OTHER: 'x' },
    });
    expect(secrets).toEqual({ value: ['A', 'B'] });
  });

  it('fails where the token is invalid', async () => {
    await expect(
      readSetup({
        '/actions/organization-variables': [
          401,
          { message: 'Bad credentials' },
        ],
      }),
    ).rejects.toMatchObject({ name: 'AuthenticationError' });
  });
});
