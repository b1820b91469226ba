import { dirname } from 'node:path';
import type * as expressions from '@actions/expressions';
import type * as ast from '@actions/expressions/ast';
import type * as workflowParser from '@actions/workflow-parser';
import { buildSync } from 'esbuild';

/** GitHub's own parser of workflow files and evaluator of `${{ }}`. */
export interface LanguageServices {
  workflowParser: typeof workflowParser;
  expressions: typeof expressions;
  ast: typeof ast;
}

const PACKAGE = dirname(
  require.resolve('@goldenpath/local-github/package.json'),
);
const ENTRY = `
export * as workflowParser from '@actions/workflow-parser';
export * as expressions from '@actions/expressions';
export * as ast from '@actions/expressions/ast';
`;

let loaded: LanguageServices | undefined;

/**
 * Loads @actions/workflow-parser and @actions/expressions, once per process.
 * They are ES modules that import JSON without an import attribute, which no Node accepts: so they are bundled (0.2 s).
 */
export const loadLanguageServices = (): LanguageServices => {
  loaded ??= loadBundled<LanguageServices>(ENTRY, PACKAGE);
  return loaded;
};

/** Bundles a module in memory and returns its exports. Its imports are resolved from this folder. */
export const loadBundled = <Exports>(
  contents: string,
  resolveDir: string,
): Exports => {
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
  });
  const bundled: { exports: Record<string, unknown> } = { exports: {} };
  // eslint-disable-next-line no-new-func
  new Function('module', 'exports', 'require', outputFiles[0].text)(
    bundled,
    bundled.exports,
    require,
  );
  return bundled.exports as Exports;
};
