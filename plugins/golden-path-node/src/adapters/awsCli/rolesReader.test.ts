import { chmodSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createFolder } from '../../../../../tests/support/createFolder';
import { createRolesReader } from './rolesReader';

const ARN = 'arn:aws:iam::123456789012:role/platform/plan';
const TRUST = { Statement: [{ Sid: 'Trust' }] };
const INLINE = { Statement: [{ Sid: 'Inline' }] };
const ATTACHED = { Statement: [{ Sid: 'Attached' }] };

/** Answers of the AWS CLI by its command line, without the options of its output; in the shape of its documentation. */
const ANSWERS: Record<string, unknown> = {
  'iam get-role --role-name plan': {
    Role: {
      Path: '/platform/',
      RoleName: 'plan',
      RoleId: 'AROAEXAMPLE',
      Arn: ARN,
      CreateDate: '2026-11-24T10:00:00+00:00',
      AssumeRolePolicyDocument: TRUST,
    },
  },
  'iam list-role-policies --role-name plan': { PolicyNames: ['own'] },
  'iam get-role-policy --role-name plan --policy-name own': {
    RoleName: 'plan',
    PolicyName: 'own',
    PolicyDocument: INLINE,
  },
  'iam list-attached-role-policies --role-name plan': {
    AttachedPolicies: [
      { PolicyName: 'p', PolicyArn: 'arn:aws:iam::aws:policy/p' },
    ],
  },
  'iam get-policy --policy-arn arn:aws:iam::aws:policy/p': {
    Policy: { PolicyName: 'p', DefaultVersionId: 'v3' },
  },
  'iam get-policy-version --policy-arn arn:aws:iam::aws:policy/p --version-id v3':
    { PolicyVersion: { VersionId: 'v3', Document: ATTACHED } },
};

/** A folder with an `aws` that gives these answers, and fails as the AWS CLI does otherwise. */
const fakeCli = (): NodeJS.ProcessEnv => {
  const folder = createFolder();
  writeFileSync(
    join(folder, 'aws'),
    `#!/usr/bin/env node
const answers = ${JSON.stringify(ANSWERS)};
const line = process.argv.slice(2).join(' ').replace(' --output json --no-cli-pager', '');
if (line in answers) console.log(JSON.stringify(answers[line]));
else {
  console.error('\\nAn error occurred (NoSuchEntity) when calling the GetRole operation: The role with name x cannot be found.');
  process.exitCode = 254;
}
`,
  );
  chmodSync(join(folder, 'aws'), 0o755);
  return { PATH: `${folder}:${dirname(process.execPath)}:/usr/bin:/bin` };
};

describe('createRolesReader', () => {
  it('reads trust, inline and attached policies', async () => {
    expect(await createRolesReader(fakeCli()).readRole(ARN)).toEqual({
      value: { trust: TRUST, permissions: [INLINE, ATTACHED] },
    });
  });

  it('gives the reason of a role that does not exist', async () => {
    expect(
      await createRolesReader(fakeCli()).readRole('arn:aws:iam::1:role/x'),
    ).toEqual({
      reason:
        'the AWS CLI failed: An error occurred (NoSuchEntity) when calling the GetRole operation: The role with name x cannot be found.',
    });
  });

  it('says that the AWS CLI is missing', async () => {
    expect(
      await createRolesReader({ PATH: createFolder() }).readRole(ARN),
    ).toEqual({
      reason: 'the AWS CLI is not installed. Install it, and run this again.',
    });
  });
});
