/**
 * Compares `report.api.md` of every plugin package with what its `src/index.ts` exports now, by API Extractor. Fails when
 * a report is out of date, an export has no release tag, or a type that an export mentions is not exported itself.
 *
 *   node scripts/api-reports.js           check
 *   node scripts/api-reports.js --write   write the reports
 */
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const { join, relative } = require('node:path');
const {
  CompilerState,
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
} = require('@microsoft/api-extractor');

const ROOT = join(__dirname, '..');
const REPORT = 'report.api.md';
const WARNING = { logLevel: ExtractorLogLevel.Warning };
const IGNORED = { logLevel: ExtractorLogLevel.None };

const libraries = fs
  .readdirSync(join(ROOT, 'plugins'))
  .map(name => `plugins/${name}`)
  .sort();

/**
 * Writes the declarations inside the workspace, where they can resolve the packages that they import.
 * @returns whether tsc could write them; it prints its own errors
 */
const emitDeclarations = folder => {
  const tsconfig = join(folder, 'tsconfig.json');
  const options = {
    extends: join(ROOT, 'tsconfig.json'),
    include: [],
    files: libraries.map(library => join(ROOT, library, 'src/index.ts')),
    compilerOptions: {
      outDir: folder,
      rootDir: ROOT,
      incremental: false,
      // `make lint` checks the types.
      noCheck: true,
    },
  };
  fs.writeFileSync(tsconfig, JSON.stringify(options));
  const { status } = spawnSync(
    process.execPath,
    [require.resolve('typescript/bin/tsc'), '--project', tsconfig],
    { stdio: 'inherit' },
  );
  return status === 0;
};

const configOf = (library, declarations) => {
  const projectFolder = join(ROOT, library);
  const entry = join(declarations, library, 'src/index.d.ts');
  return ExtractorConfig.prepare({
    configObjectFullPath: join(projectFolder, 'api-extractor.json'),
    packageJsonFullPath: join(projectFolder, 'package.json'),
    configObject: {
      projectFolder,
      mainEntryPointFilePath: entry,
      newlineKind: 'lf',
      compiler: {
        skipLibCheck: true,
        overrideTsconfig: {
          extends: join(ROOT, 'tsconfig.json'),
          include: [],
          files: [entry],
          compilerOptions: { rootDir: ROOT },
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: REPORT,
        reportFolder: projectFolder,
        reportTempFolder: join(declarations, library),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        extractorMessageReporting: {
          default: WARNING,
          'ae-undocumented': IGNORED,
          // Another package of this workspace is imported as its source.
          'ae-wrong-input-file-type': IGNORED,
        },
        tsdocMessageReporting: { default: WARNING },
      },
    },
  });
};

/** @returns every problem of the library's exports or its report, one per line */
const problemsOf = (library, { declarations, config, program, isWriting }) => {
  const problems = [];
  const { apiReportChanged } = Extractor.invoke(config, {
    compilerState: program,
    localBuild: isWriting,
    messageCallback: message => {
      const { category, logLevel, messageId, sourceFilePath, text } = message;
      message.handled = true;
      if (category === 'console' || ['none', 'verbose'].includes(logLevel))
        return;
      const file = sourceFilePath
        ? `${relative(declarations, sourceFilePath)}: `
        : '';
      problems.push(`${file}${text} [${messageId}]`);
    },
  });
  if (apiReportChanged && !isWriting)
    problems.push(
      `${library}/${REPORT} is out of date: run "make api-reports", and review the difference.`,
    );
  return problems;
};

const main = () => {
  const isWriting = process.argv.includes('--write');
  fs.mkdirSync(join(ROOT, 'dist-types'), { recursive: true });
  const declarations = fs.mkdtempSync(join(ROOT, 'dist-types/api-'));
  try {
    if (!emitDeclarations(declarations)) {
      process.exitCode = 1;
      return;
    }
    const configs = libraries.map(library => configOf(library, declarations));
    // One program for all of them: each would read the same packages again.
    const program = CompilerState.create(configs[0], {
      additionalEntryPoints: configs.map(one => one.mainEntryPointFilePath),
    });
    const problems = libraries.flatMap((library, index) =>
      problemsOf(library, {
        declarations,
        config: configs[index],
        program,
        isWriting,
      }),
    );
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) process.exitCode = 1;
    else
      console.log(
        `${libraries.length} API reports ${
          isWriting ? 'written' : 'up to date'
        }.`,
      );
  } finally {
    fs.rmSync(declarations, { recursive: true, force: true });
  }
};

main();
