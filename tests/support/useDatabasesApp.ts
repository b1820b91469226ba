import {
  DatabaseStatus,
  DatabaseSummary,
} from '@goldenpath/plugin-golden-path-common';
import { Page } from 'playwright-core';
import { openBrowser } from './browser';
import { databasesStandIn } from './databasesStandIn';
import { EXAMPLE_STATUSES, exampleSummaries } from './exampleStatuses';
import { chromium } from './needs';
import { serveApp, signInGuest } from './servedApp';

/** What the backend of the app answers. */
export interface Answers {
  list: DatabaseSummary[];
  one?: DatabaseStatus;
  /** A status instead of either. */
  refusal?: number;
}

const MANY = exampleSummaries(5000);
export const exampleAnswers = (): Answers => ({
  list: MANY,
  one: EXAMPLE_STATUSES.merged,
});

/** The built app with a stand-in of the backend, for the tests of one file. `answers` are the example's before each test. */
export const useDatabasesApp = () => {
  let app: Awaited<ReturnType<typeof serveApp>>;
  const used = {
    answers: exampleAnswers(),
    url: () => app.url,
    withPage: async (
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
    },
  };
  beforeAll(async () => {
    if (chromium())
      app = await serveApp(
        databasesStandIn({
          list: () => used.answers.list,
          one: () => used.answers.one,
          refusal: () => used.answers.refusal,
        }),
      );
  });
  afterAll(() => app?.close());
  beforeEach(() => {
    used.answers = exampleAnswers();
  });
  return used;
};
