import { createCompanyCatalog } from '../../../../scaffolder-backend-module-golden-path/src/testing/companyCatalog';
import { createCheckOwner, OwnersConfig } from './checkOwner';

const DEFAULTS: OwnersConfig = {
  membership: 'required',
  namespaces: ['default'],
  filter: {},
};

const problemsOf = async (row: {
  owner: string;
  user: string | undefined;
  owners?: Partial<OwnersConfig>;
}) => {
  const check = createCheckOwner(
    { ...DEFAULTS, ...row.owners },
    createCompanyCatalog(),
  );
  const requester = { ref: row.user, name: 'external-ci' };
  const problems = await check(
    { owner: row.owner, requester },
    {
      $$type: '@backstage/BackstageCredentials',
      principal: undefined,
    },
  );
  return problems.map(({ message }) => message);
};

interface Row {
  owner: string;
  user: string | undefined;
  owners?: Partial<OwnersConfig>;
  reason: string;
}

describe('who may request a database for a group', () => {
  const allowed: Row[] = [
    {
      owner: 'platform-team',
      user: 'user:default/jane',
      reason: 'a member',
    },
    {
      owner: 'Platform-Team',
      user: 'user:default/jane',
      reason: 'entity references are compared in any case',
    },
    {
      owner: 'platform-team',
      user: 'user:default/dina',
      reason: 'a member of a group two levels below',
    },
    {
      owner: 'payments/core',
      user: 'user:default/pia',
      owners: { namespaces: ['payments'] },
      reason: 'a member of a group in an allowed namespace',
    },
    {
      owner: 'checkout-team',
      user: 'user:default/guest',
      owners: { filter: { 'spec.type': ['squad', 'team'] } },
      reason: 'a member of a group that matches the filter',
    },
    {
      owner: 'platform-team',
      user: 'user:default/guest',
      owners: { membership: 'none' },
      reason: 'everyone, where no membership is required',
    },
    {
      owner: 'platform-team',
      user: undefined,
      owners: { membership: 'none' },
      reason: 'a service, where no membership is required',
    },
  ];
  it.each(allowed)('allows $reason', async row => {
    expect(await problemsOf(row)).toEqual([]);
  });

  const refused: Array<Row & { says: string }> = [
    {
      owner: 'platform-team',
      user: 'user:default/guest',
      says: 'Owner: user:default/guest is not a member of group:default/platform-team, neither directly nor through a group below it, and only its members may request a database for it (goldenPath.owners.membership). Ask a member of platform-team to request it, or have yourself added to the team.',
      reason: 'a member of another team',
    },
    {
      owner: 'platform-dba',
      user: 'user:default/jane',
      says: 'user:default/jane is not a member of group:default/platform-dba',
      reason: 'a member of a group above, which is not the group',
    },
    {
      owner: 'platform-team',
      user: 'user:default/lee',
      says: 'user:default/lee is not a member',
      reason: 'a member of groups that are in a cycle',
    },
    {
      owner: 'platform-team',
      user: 'user:default/nobody',
      says: "the catalog has no user:default/nobody, or you may not see it, so it doesn't show whether you are a member of group:default/platform-team. Ask the platform team to add you to the catalog.",
      reason: 'a user who is not in the catalog',
    },
    {
      owner: 'platform-team',
      user: undefined,
      says: 'Requesting user: this task has no signed-in user (it runs as "external-ci"), and only members of group:default/platform-team may request a database for it (goldenPath.owners.membership). Ask a member to fill in the form.',
      reason: 'a service',
    },
    {
      owner: 'nobody',
      user: 'user:default/jane',
      says: 'the catalog has no group:default/nobody, or you may not see it; choose an existing team.',
      reason: 'a group that does not exist',
    },
    {
      owner: 'payments/core',
      user: 'user:default/pia',
      says: 'group:payments/core may not own a database: goldenPath.owners.namespaces allows groups of "default". Choose another team.',
      reason: 'a group of another namespace',
    },
    {
      owner: 'platform-team',
      user: 'user:default/jane',
      owners: { namespaces: ['payments'] },
      says: 'group:default/platform-team may not own a database',
      reason: 'the default namespace, where it is not listed',
    },
    {
      owner: 'platform-data',
      user: 'user:default/dina',
      owners: { filter: { 'spec.type': ['squad', 'team'] } },
      says: 'group:default/platform-data may not own a database: goldenPath.owners.filter allows spec.type squad or team. Choose another team.',
      reason: 'a group that does not match the filter',
    },
    {
      owner: 'platform-data',
      user: 'user:default/guest',
      owners: { membership: 'none', filter: { 'spec.type': 'team' } },
      says: 'may not own a database: goldenPath.owners.filter allows spec.type team',
      reason: 'a group that may not own, for anyone',
    },
  ];
  it.each(refused)('refuses $reason', async ({ says, ...row }) => {
    expect(await problemsOf(row)).toEqual([expect.stringContaining(says)]);
  });
});
