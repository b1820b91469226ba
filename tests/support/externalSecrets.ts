import { secretName } from '@goldenpath/plugin-golden-path-common';

/** Specs of ExternalSecrets in a namespace of team-a, which owns `OURS`, where `THEIRS` is team-b's. */
export const OURS = secretName('dev', 'users_db');
export const THEIRS = secretName('dev', 'orders_db');
export const store = {
  kind: 'ClusterSecretStore',
  name: 'aws-secrets-manager',
};
export const extract = (key: string, more: object = {}) => ({
  dataFrom: [{ extract: { key }, ...more }],
});
export const property = (key: string, more: object = {}) => ({
  data: [{ secretKey: 'p', remoteRef: { key, property: 'password' }, ...more }],
});
export const spec = (what: object) => ({ secretStoreRef: store, ...what });

/** Ways to fetch what isn't theirs, or to fetch in a way that can't be judged; `says` is in the refusal. */
export const ATTACKS: Array<{ reason: string; what: object; says: string }> = [
  ...[extract, property].flatMap(by =>
    [
      { key: THEIRS, reason: 'of another team' },
      { key: secretName('dev', 'no_db'), reason: 'that nobody declared' },
      { key: 'goldenpath/dev/rds/master', reason: "that is the master's" },
      {
        key: secretName('prod', 'users_db'),
        reason: 'of another environment',
      },
      { key: `${OURS}-AbCdEf`, reason: 'by a longer name' },
      { key: `${OURS}\n${THEIRS}`, reason: 'in two lines' },
      { key: OURS.slice(0, -1), reason: 'by a shorter name' },
      { key: '', reason: 'without a name' },
      {
        key: `arn:aws:secretsmanager:eu-central-1:1:secret:${THEIRS}-AbCdEf`,
        reason: 'by its ARN',
      },
    ].map(({ key, reason }) => ({
      reason: `a key ${reason}, by ${by.name}`,
      what: spec(by(key)),
      says: 'A key belongs to no database of team-a',
    })),
  ),
  {
    reason: 'theirs behind ours, by extract',
    what: spec({
      dataFrom: [{ extract: { key: OURS } }, { extract: { key: THEIRS } }],
    }),
    says: 'A key belongs to no database of team-a',
  },
  {
    reason: 'theirs by property beside ours by extract',
    what: spec({ ...extract(OURS), ...property(THEIRS) }),
    says: 'A key belongs to no database of team-a',
  },
  {
    reason: 'find by name',
    what: spec({ dataFrom: [{ find: { name: { regexp: '.*' } } }] }),
    says: 'Name each secret by its key',
  },
  {
    reason: 'find by tags, beside an extract',
    what: spec(extract(OURS, { find: { tags: { owner: 'team-b' } } })),
    says: 'Name each secret by its key',
  },
  {
    reason: 'a generator',
    what: spec({
      dataFrom: [
        {
          sourceRef: { generatorRef: { kind: 'STSSessionToken', name: 'x' } },
        },
      ],
    }),
    says: 'Name each secret by its key',
  },
  {
    reason: 'a generator in data',
    what: spec(
      property(OURS, {
        sourceRef: {
          generatorRef: { kind: 'VaultDynamicSecret', name: 'x' },
        },
      }),
    ),
    says: 'Name each secret by its key',
  },
  ...[extract, property].map(by => ({
    reason: `another store for one entry, by ${by.name}`,
    what: spec(
      by(OURS, {
        sourceRef: { storeRef: { ...store, kind: 'SecretStore' } },
      }),
    ),
    says: 'Name each secret by its key',
  })),
  {
    reason: 'an entry that names no source',
    what: spec({ dataFrom: [{}] }),
    says: 'Name each secret by its key',
  },
  {
    reason: 'an entry of a kind that is not there yet',
    what: spec(extract(OURS, { search: '.*' })),
    says: 'Name each secret by its key',
  },
  {
    reason: 'a field that is not there yet',
    what: spec({ ...extract(OURS), dataFromAll: true }),
    says: 'Use only secretStoreRef',
  },
  {
    reason: 'a target that is no Secret',
    what: spec({
      ...extract(OURS),
      target: { manifest: { apiVersion: 'v1', kind: 'ConfigMap' } },
    }),
    says: 'Use only secretStoreRef',
  },
  {
    reason: "a store of one's own, which would use the operator's credentials",
    what: {
      ...extract(OURS),
      secretStoreRef: { kind: 'SecretStore', name: store.name },
    },
    says: "Use the platform's store",
  },
  {
    reason: 'a store without a kind, which is a SecretStore by default',
    what: { ...extract(OURS), secretStoreRef: { name: store.name } },
    says: "Use the platform's store",
  },
  {
    reason: 'another cluster store',
    what: { ...extract(OURS), secretStoreRef: { ...store, name: 'admin' } },
    says: "Use the platform's store",
  },
  {
    reason: 'no store at all',
    what: extract(OURS),
    says: "Use the platform's store",
  },
  {
    reason: 'the shape of v1alpha1',
    what: spec({ dataFrom: [{ key: OURS }] }),
    says: 'Name each secret by its key',
  },
];
