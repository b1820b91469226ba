import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe('CONTRIBUTING.md', () => {
  const text = read('CONTRIBUTING.md');

  it('names existing files', () => {
    const paths = [
      ...[...text.matchAll(/`([\w.-]+\/[\w./-]+)`/g)].map(match => match[1]),
      ...[...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(match => match[1]),
    ];
    expect(paths).toContain('platform/kit.test.ts');
    expect(
      paths
        .filter(path => path !== 'src/index.ts')
        .filter(path => !existsSync(join(ROOT, path))),
    ).toEqual([]);
  });

  it('calls existing make targets', () => {
    const targets = [...read('Makefile').matchAll(/^([a-z-]+):/gm)].map(
      match => match[1],
    );
    const called = [...text.matchAll(/(?:^|`)make ([a-z-]+)/gm)].map(
      match => match[1],
    );
    expect(called).toContain('api-reports');
    expect(called.filter(target => !targets.includes(target))).toEqual([]);
  });

  it('has the same repository URL as the packages', () => {
    const { repository } = JSON.parse(read('package.json'));
    const address = repository.url.replace(/^git\+|\.git$/g, '');
    expect(text).toContain(`\`${address}\``);
  });
});
