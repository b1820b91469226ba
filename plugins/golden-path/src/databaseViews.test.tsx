/** @jest-environment ./tests/support/jsdomEnvironment.js */
import './testing/databaseViews';
