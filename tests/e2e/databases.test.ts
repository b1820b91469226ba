import { EXAMPLE_STATUSES } from '../support/exampleStatuses';
import { chromium, itWhen } from '../support/needs';
import { useDatabasesApp } from '../support/useDatabasesApp';

/** As `POLL_INTERVAL_MS` of the plugin. */
const POLL_INTERVAL_MS = 10_000;

describe('databases in a browser', () => {
  const app = useDatabasesApp();

  itWhen(Boolean(chromium()), 'Chromium')(
    'shows 5,000 databases, filters them, and opens one by keyboard; Back returns',
    () =>
      app.withPage('light', async (page, errors) => {
        await page.goto(`${app.url()}/databases`);
        await page.getByText('5000 databases').waitFor();
        expect(await page.getByRole('rowheader').count()).toBe(25);

        const search = page.getByRole('searchbox');
        await search.focus();
        await page.keyboard.type('service ');
        await search.fill('service_00042');
        await page.getByText('1 of 5000 databases').waitFor();
        await page.waitForURL('**/databases?text=service_00042');

        await page
          .getByRole('rowheader', { name: 'service_00042_db' })
          .waitFor();
        // Past the filters, into the table.
        const isInTable = () =>
          page.evaluate(() =>
            Boolean(document.activeElement?.closest('[role=row]')),
          );
        for (let presses = 0; !(await isInTable()); presses += 1) {
          expect(presses).toBeLessThan(12);
          await page.keyboard.press('Tab');
        }
        await page.keyboard.press('ArrowDown');
        await page.keyboard.press('Enter');
        await page.waitForURL('**/databases/staging/service_00042_db');
        await page.getByText('How do I connect').waitFor();
        await page.goBack();
        await page.getByText('1 of 5000 databases').waitFor();
        expect(await search.inputValue()).toBe('service_00042');
        expect(errors).toEqual([]);
      }),
  );

  itWhen(Boolean(chromium()), 'Chromium')(
    'follows a database through every state, without a reload',
    () =>
      app.withPage('light', async (page, errors) => {
        app.answers.one = EXAMPLE_STATUSES.requested;
        await page.clock.install();
        await page.goto(
          `${app.url()}/catalog/default/resource/rds-dev-users_db`,
        );
        const steps = page.getByRole('list', { name: 'Progress of users_db' });
        await steps.waitFor();
        for (const state of [
          'pull_request',
          'stale',
          'approved',
          'merged',
          'failed',
          'credentials',
          'provisioned',
        ]) {
          const one = EXAMPLE_STATUSES[state];
          app.answers.one = one;
          await page.clock.runFor(POLL_INTERVAL_MS);
          const { problem, next, steps: expected } = one;
          const done = expected.filter(step => step.state === 'done').length;
          await page.waitForFunction(
            count =>
              document.querySelectorAll('ol [data-state=done]').length ===
              count,
            done,
          );
          if (problem) await page.getByText(problem.evidence).waitFor();
          if (next) await page.getByText(next.reason).waitFor();
          expect(await steps.locator('[aria-current=step]').count()).toBe(
            expected.filter(step => step.state === 'current').length,
          );
        }
        await page
          .getByText('dev.example.eu-central-1.rds.amazonaws.com')
          .waitFor();
        expect(errors).toEqual([]);
      }),
  );
});
