/** @jest-environment ./tests/support/jsdomEnvironment.js */
// One file, because each one loads Backstage's frontend again, which takes longer than its tests.
import './testing/databaseViews';
import './testing/requestForm';
