import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { hasKubectl, kustomize, Manifest } from '../tests/support/kubernetes';
import { itWhen } from '../tests/support/needs';

const text = readFileSync(
  join(__dirname, 'kubernetes/image-policy/policy.yaml'),
  'utf8',
);
const VALUES: Record<string, string> = {
  account: '123456789012',
  region: 'eu-central-1',
  owner: 'acme',
  'infra-repo': 'platform-infra',
};
const policy: Manifest = parse(
  text.replace(/<([a-z-]+)>/g, (_, name) => VALUES[name]),
);

const only = (properties: Record<string, object>, required: string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const string = { type: 'string', minLength: 1 };
const listOf = (items: object) => ({ type: 'array', minItems: 1, items });

/**
 * The fields that we use, as the CRD of Sigstore's policy-controller describes v1beta1 (config/300-clusterimagepolicy.yaml at commit
 * f925c0c). The CRD allows more; the API server would drop a field with a wrong name, and the policy would check less.
 */
const CLUSTER_IMAGE_POLICY = only(
  {
    apiVersion: { const: 'policy.sigstore.dev/v1beta1' },
    kind: { const: 'ClusterImagePolicy' },
    metadata: only({ name: string }, ['name']),
    spec: only(
      {
        mode: { enum: ['enforce', 'warn'] },
        images: listOf(only({ glob: string }, ['glob'])),
        authorities: listOf(
          only({
            name: string,
            signatureFormat: { enum: ['legacy', 'bundle'] },
            keyless: only({
              url: string,
              identities: listOf(
                only({
                  issuer: string,
                  issuerRegExp: string,
                  subject: string,
                  subjectRegExp: string,
                }),
              ),
            }),
            ctlog: only({ url: string }),
          }),
        ),
      },
      ['images', 'authorities'],
    ),
  },
  ['apiVersion', 'kind', 'metadata', 'spec'],
);

describe('the admission policy for images', () => {
  it('has only fields that the policy-controller knows', () => {
    const validate = new Ajv({ allErrors: true }).compile(CLUSTER_IMAGE_POLICY);
    validate(policy);
    expect(validate.errors).toBeNull();
    const misspelled = parse(
      JSON.stringify(policy).replace('"identities"', '"identity"'),
    );
    expect(validate(misspelled)).toBe(false);
  });

  it('accepts exactly one signer: the workflow as main has it', () => {
    const { mode, images, authorities } = policy.spec;
    expect(mode).toBe('enforce');
    expect(images).toEqual([
      { glob: '123456789012.dkr.ecr.eu-central-1.amazonaws.com/**' },
    ]);
    // A second authority would be another way in: one that matches is enough.
    expect(authorities).toHaveLength(1);
    expect(authorities[0].keyless.identities).toEqual([
      {
        issuer: 'https://token.actions.githubusercontent.com',
        subject:
          'https://github.com/acme/platform-infra/.github/workflows/_build-and-release.yml@refs/heads/main',
      },
    ]);
  });

  it('names the workflow that the push role trusts', () => {
    const trust = readFileSync(join(__dirname, 'iam/trust-push.json'), 'utf8');
    const [, trusted] = /job_workflow_ref:([^"]+)"/.exec(trust)!;
    expect(text).toContain(`subject: https://github.com/${trusted}\n`);
  });

  itWhen(hasKubectl(), 'kubectl 1.27 or newer')('builds', async () => {
    expect(
      parse(kustomize(join(__dirname, 'kubernetes/image-policy'))),
    ).toEqual(parse(text));
  });
});
