/** @jest-environment ./tests/support/jsdomEnvironment.js */
// What Chromium shows in tests/e2e/form.matrix.test.ts, and variants of it.
import './testing/requestForm';
