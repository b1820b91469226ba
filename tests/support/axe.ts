import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  id: string;
  impact: string | null;
  help: string;
  nodes: Array<{ target: unknown[]; failureSummary?: string }>;
}

/** What axe-core calls serious or critical in a part of a page, in words. `but`: parts of it that aren't ours. */
export const seriousViolations = async (
  page: Page,
  part: string,
  but: string[] = [],
): Promise<string[]> => {
  await page.evaluate(AXE);
  const violations: Violation[] = await page.evaluate(
    `axe.run(${JSON.stringify({
      include: [part],
      exclude: but,
    })}).then(({ violations }) => violations)`,
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) =>
          `${id}: ${help}: ${target.join(' ')}: ${failureSummary}`,
      ),
    );
};
