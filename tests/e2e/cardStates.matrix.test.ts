import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { auditPath } from '@goldenpath/plugin-golden-path-common';
import type { Page } from 'playwright-core';
import { openBrowser } from '../support/browser';
import { clone } from '../support/github';
import { chromium, itWhen } from '../support/needs';
import { until } from '../support/platform';
import { query } from '../support/postgres';
import { awsVariables } from '../support/secrets';
import { SCREENSHOTS } from '../support/screenshots';
import {
  mergeAndApply,
  readMasterLogin,
  textOf,
  usePlatform,
} from '../support/usePlatform';

/** The card of one database, in one page that is never reloaded, while platform and instance go through what can happen. */
describe('the card of a database', () => {
  // Nobody here waits days for a review.
  process.env.APP_CONFIG_goldenPath_status_staleAfter_review = '{"seconds":20}';
  const used = usePlatform();

  const withCard = async (use: (page: Page) => Promise<void>) => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    const { page, close } = await openBrowser();
    page.setDefaultTimeout(300_000);
    const errors: string[] = [];
    page.on('console', message => {
      if (message.type() === 'error') errors.push(message.text());
    });
    try {
      await use(page);
      expect(errors).toEqual([]);
    } catch (error) {
      await page.screenshot({
        path: join(SCREENSHOTS, 'card-at-the-failure.png'),
        fullPage: true,
      });
      throw error;
    } finally {
      await close();
    }
  };

  const atInstance = async (sql: string) =>
    query(await readMasterLogin(used, 'dev'), sql);
  const request = async (
    values: Record<string, unknown>,
    template?: string,
  ): Promise<void> => {
    const { id } = await used.backstage.createTask(values, template);
    const task = await used.backstage.finished(id);
    expect([task.status, textOf(task.events)]).toEqual([
      'completed',
      expect.anything(),
    ]);
  };
  const repair = () =>
    request(
      { environment: 'dev', whatToDo: 'apply' },
      'template:default/rds-provision',
    );
  const lookForDrift = async () => {
    const before = Math.max(...(await used.infra.runs()).map(({ id }) => id));
    await used.infra.call(
      'POST',
      '/repos/acme/platform-infra/actions/workflows/rds-drift.yml/dispatches',
      { ref: 'main' },
    );
    await used.infra.finishedRun('rds-drift.yml', before);
  };

  /** By hand, with the audit put on main as the workflow's last job does. */
  const rotate = async () => {
    const { platform, place, infra, caFile } = used;
    const root = join(place.stateDir, 'infra');
    clone(`${platform.github}/acme/platform-infra`, root);
    await promisify(execFile)(
      process.execPath,
      [
        join(__dirname, '../../packages/cli/bin/goldenpath-rds.js'),
        ...['rotate', '--root', root, '--env', 'dev'],
        ...['--database', 'cards_db', '--force', '--ca-file', caFile],
      ],
      {
        env: {
          ...process.env,
          ...awsVariables(platform.secretsManager.url),
          AWS_ACCESS_KEY_ID: platform.secretsManager.accessKeyId,
        },
      },
    );
    const contents = `/repos/acme/platform-infra/contents/${auditPath('dev')}`;
    const { sha } = await infra.json<{ sha: string }>(contents);
    const written = await infra.call('PUT', contents, {
      message: 'Record a rotation',
      content: readFileSync(join(root, auditPath('dev')), 'base64'),
      sha,
    });
    expect(written.status).toBe(200);
  };

  itWhen(Boolean(chromium()), 'Chromium')(
    'shows every state as the platform moves on, without a reload',
    () =>
      withCard(async page => {
        const done = (count: number) =>
          until(
            async () =>
              (await page.locator('ol [data-state=done]').count()) === count ||
              undefined,
            `${count} steps to be done`,
          );
        const says = (words: string | RegExp) =>
          page.getByText(words).first().waitFor();
        const saysNoMore = (words: string | RegExp) =>
          page.getByText(words).first().waitFor({ state: 'hidden' });
        const picture = (name: string) =>
          page.screenshot({ path: join(SCREENSHOTS, `card-is-${name}.png`) });

        // Somebody made the role by hand, which is why the database will not be made.
        await atInstance('CREATE ROLE cards_app');
        await request({
          component_id: 'birthday-cards',
          databaseName: 'cards_db',
          username: 'cards_app',
          owner: 'group:default/checkout-team',
          environment: 'dev',
        });
        await page.goto(used.platform.backstage);
        await page.getByRole('button', { name: 'Enter' }).click();
        await page
          .getByRole('link', { name: 'Create', exact: true })
          .first()
          .waitFor();
        await page.goto(`${used.platform.backstage}/databases/dev/cards_db`);
        await says('Next: a reviewer of checkout-team');
        await done(2);

        // Nobody reviews it.
        await says(/has been waiting for a review since/);
        await picture('stale');

        const [pull] = await used.infra.pullRequests('open');
        const failed = await mergeAndApply(used.infra, pull.number);
        expect(failed.conclusion).toBe('failure');
        await says(/The audit says: refuse failed: /);
        await saysNoMore(/has been waiting for a review since/);
        await picture('failed');

        await atInstance('DROP ROLE cards_app');
        await repair();
        await says('The database is ready');
        await saysNoMore(/The audit says/);
        await done(6);
        await picture('ready');

        await atInstance('ALTER ROLE cards_app NOLOGIN');
        await lookForDrift();
        await says(/names it: it differs from what is declared/);
        await picture('drifted');
        await repair();
        await lookForDrift();
        await saysNoMore(/names it: it differs from what is declared/);

        await rotate();
        await done(7);
        await picture('rotated');
      }),
  );
});
