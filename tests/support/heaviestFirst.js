const { default: Sequencer } = require('@jest/test-sequencer');

/** The slowest files, slowest first. Jest measures them itself after one run; a new clone uses this list. */
const HEAVIEST = [
  'tests/killedBackendOneReplica.matrix.test.ts',
  'tests/killedBackendTwoReplicas.matrix.test.ts',
  'tests/killedBackendNoRecovery.matrix.test.ts',
  'tests/forms.matrix.test.ts',
  'platform/threeMerges.matrix.test.ts',
  'tests/hostileForms.matrix.test.ts',
  'tests/githubFaults.matrix.test.ts',
  'tests/install.matrix.test.ts',
  'platform/guardAttacks.matrix.test.ts',
  'tests/publishFaults.matrix.test.ts',
  'platform/branchAttacks.matrix.test.ts',
  'tests/e2e/wholePath.test.ts',
  'provision/act/provision18.test.ts',
  'commands/provisionKilled.test.ts',
  'provision/act/provision17.test.ts',
  'provision/act/provision16.test.ts',
  'provision/act/provision15.test.ts',
  'tests/secretLeaks.matrix.test.ts',
  'tests/identities.matrix.test.ts',
  'tests/packedPackages.matrix.test.ts',
  'actions/appPublish.matrix.test.ts',
  'src/retry.matrix.test.ts',
  'tests/killedTwice.matrix.test.ts',
  'tests/e2e/browser.test.ts',
  'tests/e2e/startStop.test.ts',
  'platform/hostile.matrix.test.ts',
  'platform/forgedAudit.matrix.test.ts',
  'platform/rebase.matrix.test.ts',
  'platform/drift.test.ts',
  'platform/buildAndRelease.matrix.test.ts',
  'platform/apply.test.ts',
  'commands/guard.test.ts',
  'src/rdsProvisionTemplate.test.ts',
  'adapters/github/commits.test.ts',
  'commands/checkPlan.test.ts',
  'commands/symbolicLinks.test.ts',
  'act/openPullRequest.test.ts',
  'platform/guard.matrix.test.ts',
  'tests/environments.matrix.test.ts',
  'src/actions/service.test.ts',
  'skeleton/backend-app-rds.test.ts',
  'skeleton/backend-app-rds.app.test.ts',
  'skeleton/backend-app-rds.load.matrix.test.ts',
  'skeleton/siblings.app.matrix.test.ts',
  'commands/provisionProcess.test.ts',
  'commands/provision.test.ts',
  'infraRepo/decide/readTfvars.test.ts',
  'infraRepo/decide/tfvarsComments.matrix.test.ts',
  'infraRepo/decide/corpus.matrix.test.ts',
];

/** Starts slow files first, so all workers finish at about the same time. */
module.exports = class HeaviestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const at = HEAVIEST.findIndex(name => path.endsWith(name));
      return at < 0 ? HEAVIEST.length : at;
    };
    // The sort is stable: all others keep the order of Jest's sequencer.
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
