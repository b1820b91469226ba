import type { SecretReading } from '../../provision/decide/secretValues';
import { findSecretPoints, listLoginSecrets } from './findSecretPoints';
import type { GitHubEnvironment } from './githubSetup';

const SETTINGS = { environments: ['dev'], secretPrefix: 'acme' };
const CANARY = 'cAnArY';

const environment = (
  name: string,
  variables: Record<string, string>,
): GitHubEnvironment => ({
  name,
  hasReviewers: false,
  openTo: { value: 'all' },
  variables: { value: variables },
  secrets: { value: [] },
});

describe('listLoginSecrets', () => {
  it.each<{
    reason: string;
    found: Parameters<typeof listLoginSecrets>[1];
    names: string[];
    hosts: boolean[];
  }>([
    {
      reason: 'no variable names another secret',
      found: undefined,
      names: ['acme/dev/rds/master', 'acme/dev/rds/check'],
      hosts: [false, false],
    },
    {
      reason: 'RDS manages the master, and the check has its own login',
      found: {
        variables: {
          value: {
            GOLDENPATH_MASTER_SECRET_DEV: 'rds!db-1',
            GOLDENPATH_RDS_HOST_DEV: 'db.example',
          },
        },
        environments: {
          value: [
            environment('dev-check', { GOLDENPATH_MASTER_SECRET_DEV: 'own' }),
          ],
        },
      },
      names: ['rds!db-1', 'own'],
      hosts: [true, true],
    },
    {
      reason: 'the check would use the master: its default name is checked',
      found: {
        variables: { value: { GOLDENPATH_MASTER_SECRET_DEV: 'rds!db-1' } },
        environments: { value: [environment('dev-check', {})] },
      },
      names: ['rds!db-1', 'acme/dev/rds/check'],
      hosts: [false, false],
    },
    {
      reason: 'the variables could not be read',
      found: { variables: { reason: '403' }, environments: { reason: '403' } },
      names: ['acme/dev/rds/master', 'acme/dev/rds/check'],
      hosts: [false, false],
    },
  ])('$reason', ({ found, names, hosts }) => {
    const listed = listLoginSecrets(SETTINGS, found);
    expect(listed.map(({ name }) => name)).toEqual(names);
    expect(listed.map(({ hasHost }) => hasHost)).toEqual(hosts);
  });
});

describe('findSecretPoints', () => {
  const text = (value: unknown): SecretReading => ({
    path: 's',
    text: typeof value === 'string' ? value : JSON.stringify(value),
    versionId: 'v1',
  });
  const LOGIN = { host: 'h', username: 'u', password: CANARY };

  it.each<{
    reason: string;
    reading: SecretReading;
    hasHost?: boolean;
    says: string[];
  }>([
    { reason: 'complete', reading: text(LOGIN), says: [] },
    {
      reason: 'a variable gives the host',
      reading: text({ ...LOGIN, host: undefined }),
      hasHost: true,
      says: [],
    },
    {
      reason: 'no host anywhere',
      reading: text({ ...LOGIN, host: undefined }),
      says: [
        'open: secret s: host is missing, and so is the variable GOLDENPATH_RDS_HOST_DEV. The provisioner logs in with it.',
      ],
    },
    {
      reason: 'missing',
      reading: { path: 's', problem: 'missing' },
      says: ["open: secret s: the secret doesn't exist; create it. "],
    },
    {
      reason: 'marked for deletion',
      reading: { path: 's', problem: 'marked for deletion' },
      says: ['open: secret s: the secret is marked for deletion; restore it '],
    },
    {
      reason: 'keys are missing',
      reading: text({ host: 'h', password: CANARY }),
      says: ['open: secret s: username is missing; correct it there. '],
    },
    {
      reason: 'no JSON',
      reading: text(`{${CANARY}`),
      says: ['open: secret s: the secret is not JSON; correct it there. '],
    },
    {
      reason: 'no access, which is never fine',
      reading: { path: 's', problem: 'unreadable', reason: 'AccessDenied.' },
      says: ['not checked: secret s: AccessDenied.'],
    },
  ])('$reason', ({ reading, hasHost = false, says }) => {
    const found = findSecretPoints(
      [{ environment: 'dev', login: 'master', name: 's', hasHost }],
      [reading],
    ).map(point => `${point.status}: ${point.text}`);
    expect(found).toEqual(says.map(words => expect.stringContaining(words)));
    expect(found.join()).not.toContain(CANARY);
  });
});
