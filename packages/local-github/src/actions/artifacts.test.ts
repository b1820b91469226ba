import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  FinishedRun,
  listJobConclusions,
  TestPlatform,
} from './testing/testPlatform';

describe('artifacts', () => {
  let platform: TestPlatform;
  beforeAll(() => {
    platform = new TestPlatform();
  });
  afterAll(() => platform.stop());

  const MAKE = `
      - run: |
          mkdir -p out/deep .hidden
          echo one > out/one.txt
          echo two > out/deep/two.txt
          echo three > out/deep/three.log
          printf '#!/bin/sh\\n' > out/run.sh
          chmod 755 out/run.sh
          echo secret > out/.env`;
  const up = (inputs: string) =>
    `      - uses: actions/upload-artifact@v4\n        with: { ${inputs} }`;
  const down = (inputs: string) =>
    `      - id: got\n        uses: actions/download-artifact@v5\n        with: { ${inputs} }\n      - run: find . -type f | sort | sed 's/^/file /'; echo "at \${{ steps.got.outputs.download-path }}"`;
  const run = (uploads: string[], download: string) =>
    platform.dispatch(`
on: workflow_dispatch
jobs:
  make:
    runs-on: x
    steps:${MAKE}
${uploads.map(up).join('\n')}
  use:
    needs: make
    runs-on: x
    steps:
${down(download)}
`);
  const files = ({ log }: FinishedRun) =>
    log.split('\n').flatMap(line => /^file \.\/(.+)$/.exec(line)?.[1] ?? []);

  it.each([
    {
      path: 'out',
      found: ['deep/three.log', 'deep/two.txt', 'one.txt', 'run.sh'],
      reason: 'a folder: what is in it, without hidden files',
    },
    {
      path: 'out, include-hidden-files: true',
      found: ['.env', 'deep/three.log', 'deep/two.txt', 'one.txt', 'run.sh'],
      reason: 'hidden files too',
    },
    { path: 'out/deep/two.txt', found: ['two.txt'], reason: 'a file' },
    {
      path: '"out/one.txt\\nout/deep/two.txt"',
      found: ['deep/two.txt', 'one.txt'],
      reason: 'two files: from the folder that they share',
    },
    {
      path: 'out/**/*.txt',
      found: ['deep/two.txt', 'one.txt'],
      reason: 'a pattern: from its first wildcard',
    },
    {
      path: '"out\\n!out/**/*.log"',
      found: ['deep/two.txt', 'one.txt', 'run.sh'],
      reason: 'without what is excluded',
    },
  ])('keep $reason', async ({ path, found }) => {
    const finished = await run([`name: a.b, path: ${path}`], 'name: a.b');
    expect(listJobConclusions(finished)).toEqual({
      make: 'success',
      use: 'success',
    });
    expect(files(finished)).toEqual(found);
  });

  it('lose modes, go to a path, and are kept beside the run', async () => {
    const finished = await run(
      [
        'name: plan, path: out/run.sh, retention-days: 1, if-no-files-found: error',
      ],
      'name: plan, path: given/here',
    );
    expect(files(finished)).toEqual(['given/here/run.sh']);
    expect(finished.log).toMatch(/^at \/.*\/given\/here$/m);
    const kept = join(
      platform.root,
      'artifacts',
      String(finished.run.id),
      'plan',
      'run.sh',
    );
    expect(statSync(kept).mode % 0o1000).toBe(0o644);
  });

  it('come all at once without a name, each in a folder of its own', async () => {
    const finished = await run(
      ['path: out/one.txt', 'name: a.new, path: out/deep/two.txt'],
      'path: all',
    );
    expect(files(finished)).toEqual([
      'all/a.new/two.txt',
      'all/artifact/one.txt',
    ]);
    expect(listJobConclusions(finished).use).toBe('success');
  });

  it.each([
    {
      uploads: ['name: a, path: out/none'],
      download: 'name: a',
      ends: { make: 'success', use: 'failure' },
      says: [
        '##[warning]No files were found with the provided path: out/none. No artifacts will be uploaded.',
        '##[error]Unable to download artifact(s): Artifact not found for name: a',
      ],
      reason: 'nothing was found, and nothing is there',
    },
    {
      uploads: ['name: a, path: out/none, if-no-files-found: error'],
      download: 'name: a',
      ends: { make: 'failure', use: 'skipped' },
      says: ['##[error]No files were found with the provided path: out/none.'],
      reason: 'nothing was found, which is an error',
    },
    {
      uploads: ['name: a, path: out', 'name: a, path: out'],
      download: 'name: a',
      ends: { make: 'failure', use: 'skipped' },
      says: ['(409) Conflict: an artifact with this name already exists'],
      reason: 'the name is taken',
    },
    {
      uploads: ['name: a/b, path: out'],
      download: 'name: a',
      ends: { make: 'failure', use: 'skipped' },
      says: ['##[error]The artifact name is not valid: a/b.'],
      reason: 'the name is no name',
    },
    {
      uploads: ['name: a'],
      download: 'name: a',
      ends: { make: 'failure', use: 'skipped' },
      says: ['Input required and not supplied: path'],
      reason: 'a path is missing',
    },
    {
      uploads: ['name: a, path: out'],
      download: 'name: a, run-id: 1',
      ends: { make: 'success', use: 'failure' },
      says: ['only the artifacts of its own jobs'],
      reason: 'another run is asked for',
    },
    {
      uploads: ['name: a, path: out'],
      download: 'pattern: a*',
      ends: { make: 'success', use: 'failure' },
      says: ['pattern is not part of the local platform'],
      reason: 'a pattern is asked for',
    },
  ])('say why: $reason', async ({ uploads, download, ends, says }) => {
    const finished = await run(uploads, download);
    expect(listJobConclusions(finished)).toEqual(ends);
    for (const text of says) expect(finished.log).toContain(text);
  });

  it('are overwritten where that is asked for, and are no other run’s', async () => {
    const first = await run(
      ['name: a, path: out', 'name: a, path: out/one.txt, overwrite: true'],
      'name: a',
    );
    expect(files(first)).toEqual(['one.txt']);
    const second = await run(['name: b, path: out'], 'name: a');
    expect(listJobConclusions(second).use).toBe('failure');
    expect(
      existsSync(join(platform.root, 'artifacts', String(first.run.id))),
    ).toBe(true);
  });
});
