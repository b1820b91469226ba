// In every test with a document: a busy machine is slower than a person, so no test leans on the second that findBy waits.
import type { configure as Configure } from '@testing-library/dom';

if (typeof document !== 'undefined') {
  const { configure }: { configure: typeof Configure } = jest.requireActual(
    '@testing-library/dom',
  );
  configure({ asyncUtilTimeout: 120_000 });
}
