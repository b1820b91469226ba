import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RoleDocuments } from '../../setup/decide/iamPolicy';
import type { Reading } from '../../setup/decide/setupPoint';

const run = promisify(execFile);
const TIMEOUT_MS = 60_000;

/** Answers of `aws iam … --output json`, which decodes the documents. */
interface Answers {
  'get-role': { Role: { AssumeRolePolicyDocument: unknown } };
  'list-role-policies': { PolicyNames: string[] };
  'get-role-policy': { PolicyDocument: unknown };
  'list-attached-role-policies': {
    AttachedPolicies: Array<{ PolicyArn: string }>;
  };
  'get-policy': { Policy: { DefaultVersionId: string } };
  'get-policy-version': { PolicyVersion: { Document: unknown } };
}

/**
 * Reads roles with the AWS CLI, which has the reader's credentials; changes nothing. It is a tool of the person at the
 * keyboard, so the SDK's client for IAM, several megabytes, stays out of the archive.
 *
 * @public
 */
export const createRolesReader = (env: NodeJS.ProcessEnv) => {
  const iam = async <Name extends keyof Answers>(
    name: Name,
    ...args: string[]
  ): Promise<Answers[Name]> => {
    const { stdout } = await run(
      'aws',
      ['iam', name, ...args, '--output', 'json', '--no-cli-pager'],
      { env, timeout: TIMEOUT_MS, maxBuffer: 10_000_000 },
    );
    return JSON.parse(stdout) as Answers[Name];
  };

  return {
    /** Reads trust and permissions of a role, or why they can't be read. */
    readRole: async (arn: string): Promise<Reading<RoleDocuments>> => {
      // A path may be part of the ARN, but not of the name.
      const role = ['--role-name', arn.split('/').pop() ?? ''];
      try {
        const { Role } = await iam('get-role', ...role);
        const inline = await iam('list-role-policies', ...role);
        const attached = await iam('list-attached-role-policies', ...role);
        const permissions: unknown[] = [];
        for (const name of inline.PolicyNames) {
          const found = await iam(
            'get-role-policy',
            ...role,
            '--policy-name',
            name,
          );
          permissions.push(found.PolicyDocument);
        }
        for (const { PolicyArn } of attached.AttachedPolicies) {
          const policy = ['--policy-arn', PolicyArn];
          const { Policy } = await iam('get-policy', ...policy);
          const { PolicyVersion } = await iam(
            'get-policy-version',
            ...policy,
            '--version-id',
            Policy.DefaultVersionId,
          );
          permissions.push(PolicyVersion.Document);
        }
        return {
          value: { trust: Role.AssumeRolePolicyDocument, permissions },
        };
      } catch (error) {
        return { reason: explain(error) };
      }
    },
  };
};

const explain = (error: unknown): string => {
  const { code, stderr, message } = error as {
    code?: string | number;
    stderr?: string;
    message: string;
  };
  if (code === 'ENOENT')
    return 'the AWS CLI is not installed. Install it, and run this again.';
  const said = (stderr || message).trim().split('\n').join(' ');
  return `the AWS CLI failed: ${said}`;
};
