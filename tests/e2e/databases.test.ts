import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type axe from 'axe-core';
import {
  DatabaseStatus,
  DatabaseSummary,
} from '@goldenpath/plugin-golden-path-common';
import { Page } from 'playwright-core';
import { openBrowser } from '../support/browser';
import { databasesStandIn } from '../support/databasesStandIn';
import { EXAMPLE_STATUSES, exampleSummaries } from '../support/exampleStatuses';
import { measureFilter, measureFirstPaint } from '../support/measurePage';
import { chromium, itWhen } from '../support/needs';
import { serveApp, signInGuest } from '../support/servedApp';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
/** Folder for the screenshots; `make screenshots` copies some of them to the docs. */
const SCREENSHOTS = resolve(
  process.env.GOLDENPATH_SCREENSHOTS ??
    join(__dirname, '../../test-results/screenshots'),
);
/** Backstage's own, at the bottom of a narrow window. It has a link without a name. */
const NARROW_MENU = '.MuiBottomNavigation-root';
const MANY = exampleSummaries(5000);
/** As `POLL_INTERVAL_MS` of the plugin. */
const POLL_INTERVAL_MS = 10_000;

describe('databases in a browser', () => {
  let app: Awaited<ReturnType<typeof serveApp>>;
  let list: DatabaseSummary[];
  let one: DatabaseStatus | undefined;
  let refusal: number | undefined;

  beforeAll(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    if (chromium())
      app = await serveApp(
        databasesStandIn({
          list: () => list,
          one: () => one,
          refusal: () => refusal,
        }),
      );
  });
  afterAll(() => app?.close());
  beforeEach(() => {
    list = MANY;
    one = EXAMPLE_STATUSES.merged;
    refusal = undefined;
  });

  const withPage = async (
    theme: 'light' | 'dark',
    use: (page: Page, errors: string[]) => Promise<void>,
  ) => {
    const { page, close } = await openBrowser();
    page.setDefaultTimeout(300_000);
    const errors: string[] = [];
    page.on('console', message => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', error => errors.push(error.message));
    try {
      await signInGuest(page, theme);
      await use(page, errors);
    } finally {
      await close();
    }
  };

  itWhen(Boolean(chromium()), 'Chromium')(
    'shows 5,000 databases, filters them, and opens one by keyboard; Back returns',
    () =>
      withPage('light', async (page, errors) => {
        // Ten times what benchmarks/page.bench.js demands, for a busy machine.
        expect(
          await measureFirstPaint(
            page,
            `${app.url}/databases`,
            '[role=rowheader]',
          ),
        ).toBeLessThan(20_000);
        await page.getByText('5000 databases').waitFor();
        expect(await page.getByRole('rowheader').count()).toBe(25);

        const search = page.getByRole('searchbox');
        await search.focus();
        await page.keyboard.type('service ');
        expect(await measureFilter(page, '4')).toBeLessThan(1000);
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
      withPage('light', async (page, errors) => {
        one = EXAMPLE_STATUSES.requested;
        await page.clock.install();
        await page.goto(`${app.url}/catalog/default/resource/rds-dev-users_db`);
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
          one = EXAMPLE_STATUSES[state];
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

  /** Serious and critical violations, and whether the window scrolls sideways. */
  const inspect = async (page: Page) => {
    await page.evaluate(AXE);
    const found = await page.evaluate(async narrowMenu => {
      const { violations } = await (
        window as unknown as { axe: typeof axe }
      ).axe.run({
        exclude: [[narrowMenu]],
      });
      return {
        violations: violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => `${id}: ${nodes[0].html}`),
        overflow:
          document.documentElement.scrollWidth -
          document.documentElement.clientWidth,
      };
    }, NARROW_MENU);
    expect(found).toEqual({ violations: [], overflow: 0 });
  };
  /** What of the table a window of the usual width doesn't show: the titles that are cut, and pixels outside its box. */
  const findCutColumns = (page: Page) =>
    page.evaluate(() => ({
      titles: [...document.querySelectorAll('[role=columnheader] span')]
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
        .map(({ textContent }) => textContent),
      outside: [...document.querySelectorAll('[role=grid]')].map(
        table => table.scrollWidth - (table.parentElement?.clientWidth ?? 0),
      ),
    }));
  const views: Array<{
    view: string;
    path: string;
    says: string;
    prepare?: () => void;
    /** Name of its screenshot, without the theme. */
    picture?: string;
  }> = [
    {
      view: 'the page',
      path: '/databases',
      says: '5000 databases',
      picture: 'databases',
    },
    {
      view: 'the page without a match',
      path: '/databases?text=none',
      says: 'No database matches these filters',
    },
    {
      view: 'the empty page',
      path: '/databases',
      says: 'No databases yet',
      prepare: () => {
        list = [];
      },
    },
    {
      view: 'the page without a backend',
      path: '/databases',
      says: "Can't load the databases",
      prepare: () => {
        refusal = 503;
      },
    },
    {
      view: 'a database nobody may see',
      path: '/databases/dev/users_db',
      says: 'Nothing to show',
      prepare: () => {
        one = undefined;
      },
    },
    {
      view: 'the page of a database',
      path: '/databases/dev/users_db',
      says: 'How do I connect',
      prepare: () => {
        one = EXAMPLE_STATUSES.pull_request;
      },
      picture: 'database',
    },
    ...['failed', 'drifted'].map(state => ({
      view: `the card, ${state}`,
      path: '/catalog/default/resource/rds-dev-users_db',
      says: 'How do I connect',
      prepare: () => {
        one = EXAMPLE_STATUSES[state];
      },
      picture: `card-${state}`,
    })),
  ];

  describe.each(['light', 'dark'] as const)('in %s', theme => {
    itWhen(Boolean(chromium()), 'Chromium')(
      'every view is accessible, and fits a narrow window',
      () =>
        withPage(theme, async page => {
          for (const { path, says, prepare, picture } of views) {
            list = MANY;
            one = EXAMPLE_STATUSES.merged;
            refusal = undefined;
            prepare?.();
            await page.setViewportSize({ width: 1280, height: 860 });
            await page.goto(`${app.url}${path}`);
            await page.getByText(says).first().waitFor();
            await inspect(page);
            if (picture === 'databases')
              expect(await findCutColumns(page)).toEqual({
                titles: [],
                outside: [0],
              });
            if (picture)
              await page.screenshot({
                path: join(SCREENSHOTS, `${picture}-${theme}.png`),
                animations: 'disabled',
              });
            await page.setViewportSize({ width: 360, height: 900 });
            await page.locator(NARROW_MENU).waitFor();
            await inspect(page);
          }
        }),
    );
  });
});
