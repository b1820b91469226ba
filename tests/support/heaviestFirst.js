const { default: Sequencer } = require('@jest/test-sequencer');

/** The slowest files, slowest first. Jest measures them itself after one run; a new clone uses this list. */
const HEAVIEST = [
  'tests/githubFaults.matrix.test.ts',
  'tests/forms.matrix.test.ts',
  'provision/act/provision17.test.ts',
  'provision/act/provision16.test.ts',
  'provision/act/provision15.test.ts',
  'platform/threeMerges.matrix.test.ts',
  'tests/killedBackendOneReplica.matrix.test.ts',
  'provision/act/provision18.test.ts',
  'provision/act/fieldCases.matrix.test.ts',
  'tests/publishFaults.matrix.test.ts',
  'tests/hostileForms.matrix.test.ts',
  'rotate/act/rotations15.matrix.test.ts',
  'rotate/act/rotations16.matrix.test.ts',
  'rotate/act/rotations17.matrix.test.ts',
  'rotate/act/rotations18.matrix.test.ts',
  'provision/act/serverFaults.matrix.test.ts',
  'tests/install.matrix.test.ts',
  'tests/killedBackendTwoReplicas.matrix.test.ts',
  'tests/killedBackendNoRecovery.matrix.test.ts',
  'tests/e2e/browser.test.ts',
  'tests/e2e/wholePath.test.ts',
  'tests/e2e/startStop.test.ts',
  'src/databaseViews.test.tsx',
  'platform/buildAndRelease.matrix.test.ts',
  'tests/identities.matrix.test.ts',
  'platform/branchAttacks.matrix.test.ts',
  'platform/guardAttacks.matrix.test.ts',
  'tests/killedTwice.matrix.test.ts',
  'platform/guard.matrix.test.ts',
  'actions/appPublish.matrix.test.ts',
  'src/retry.matrix.test.ts',
  'platform/rotationState.matrix.test.ts',
  'tests/e2e/cardStates.matrix.test.ts',
  'tests/killedStatus.matrix.test.ts',
  'tests/e2e/promotionAndEnd.matrix.test.ts',
  'src/requestForm.matrix.test.tsx',
  'platform/apply.test.ts',
  'skeleton/backend-app-rds.app.test.ts',
  'commands/provisionKilled.test.ts',
  'src/github/pullRequests.test.ts',
  'src/actions/service.test.ts',
  'platform/drift.test.ts',
  'rotate/act/rotations.test.ts',
  'src/github/jobToken.test.ts',
  'platform/forgedAudit.matrix.test.ts',
  'tests/secretLeaks.matrix.test.ts',
  'commands/guard.test.ts',
  'skeleton/backend-app-rds.load.matrix.test.ts',
  'platform/rotate.matrix.test.ts',
  'tests/environments.matrix.test.ts',
  'platform/rebase.matrix.test.ts',
  'src/module.matrix.test.ts',
  'provision/act/randomState.matrix.test.ts',
  'platform/requester.matrix.test.ts',
  'src/github/access.test.ts',
  'src/actions/jobs.test.ts',
  'src/actions/control.test.ts',
  'git/smartHttp.test.ts',
  'commands/checkPlan.test.ts',
  'infraRepo/decide/corpus.matrix.test.ts',
  'src/github/faults.test.ts',
  'src/rdsProvisionTemplate.test.ts',
  'platform/hostile.matrix.test.ts',
  'infraRepo/decide/tfvarsComments.matrix.test.ts',
  'infraRepo/decide/terraformOracle.matrix.test.ts',
  'commands/symbolicLinks.matrix.test.ts',
  'act/openPullRequest.test.ts',
  'skeleton/backend-app-rds.test.ts',
  'skeleton/backend-app-rds.names.matrix.test.ts',
  'commands/provision.test.ts',
  'commands/provisionProcess.test.ts',
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
