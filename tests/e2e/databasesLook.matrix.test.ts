import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Page } from 'playwright-core';
import { seriousViolations } from '../support/axe';
import { EXAMPLE_STATUSES } from '../support/exampleStatuses';
import { chromium, itWhen } from '../support/needs';
import { SCREENSHOTS } from '../support/screenshots';
import { exampleAnswers, useDatabasesApp } from '../support/useDatabasesApp';

/** Backstage's own, at the bottom of a narrow window. It has a link without a name. */
const NARROW_MENU = '.MuiBottomNavigation-root';

describe('databases in a browser, light, dark and narrow', () => {
  const app = useDatabasesApp();
  beforeAll(() => mkdirSync(SCREENSHOTS, { recursive: true }));

  /** Serious and critical violations, and whether the window scrolls sideways. */
  const inspect = async (page: Page) => {
    expect(await seriousViolations(page, 'html', [NARROW_MENU])).toEqual([]);
    expect(
      await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return scrollWidth - clientWidth;
      }),
    ).toBe(0);
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
        app.answers.list = [];
      },
    },
    {
      view: 'the page without a backend',
      path: '/databases',
      says: "Can't load the databases",
      prepare: () => {
        app.answers.refusal = 503;
      },
    },
    {
      view: 'a database nobody may see',
      path: '/databases/dev/users_db',
      says: 'Nothing to show',
      prepare: () => {
        app.answers.one = undefined;
      },
    },
    {
      view: 'the page of a database',
      path: '/databases/dev/users_db',
      says: 'How do I connect',
      prepare: () => {
        app.answers.one = EXAMPLE_STATUSES.pull_request;
      },
      picture: 'database',
    },
    ...['failed', 'drifted'].map(state => ({
      view: `the card, ${state}`,
      path: '/catalog/default/resource/rds-dev-users_db',
      says: 'How do I connect',
      prepare: () => {
        app.answers.one = EXAMPLE_STATUSES[state];
      },
      picture: `card-${state}`,
    })),
  ];

  describe.each(['light', 'dark'] as const)('in %s', theme => {
    itWhen(Boolean(chromium()), 'Chromium')(
      'every view is accessible, and fits a narrow window',
      () =>
        app.withPage(theme, async page => {
          for (const { path, says, prepare, picture } of views) {
            app.answers = exampleAnswers();
            prepare?.();
            await page.setViewportSize({ width: 1280, height: 860 });
            await page.goto(`${app.url()}${path}`);
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
