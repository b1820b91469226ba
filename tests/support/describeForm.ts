import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  describeFieldMessages,
  describeMissing,
} from '@goldenpath/plugin-golden-path-common';
import { Page } from 'playwright-core';
import { openBrowser } from './browser';
import { chooseOwner, ownerField } from './chooseOwner';
import { chromium, itWhen } from './needs';
import { until } from './platform';
import { SCREENSHOTS } from './screenshots';
import { UsedPlatform } from './usePlatform';

/** How the form library's own messages begin, such as "must match pattern". */
const VALIDATOR_MESSAGE = /must (match|NOT|have) /;

/** The form as a person fills it in, on the platform of the file that calls this. */
export const describeForm = (
  used: () => Pick<UsedPlatform, 'platform' | 'backstage' | 'infra'>,
) =>
  describe('the form in a browser', () => {
    beforeAll(() => mkdirSync(SCREENSHOTS, { recursive: true }));

    const withPage = async (use: (page: Page) => Promise<void>) => {
      const { platform } = used();
      const { page, close } = await openBrowser({
        username: 'anybody',
        password: platform.githubToken,
        origin: platform.github,
      });
      page.setDefaultTimeout(300_000);
      try {
        await use(page);
      } catch (error) {
        await page.screenshot({
          path: join(SCREENSHOTS, 'at-the-failure.png'),
          fullPage: true,
        });
        throw error;
      } finally {
        await close();
      }
    };

    const openForm = async (page: Page) => {
      await page.goto(used().platform.backstage);
      await page.getByRole('button', { name: 'Enter' }).click();
      await page
        .getByRole('link', { name: 'Create', exact: true })
        .first()
        .click();
      await page
        .getByRole('button', { name: 'Choose' })
        .or(page.getByRole('link', { name: 'Choose' }))
        .first()
        .click();
      await page.getByLabel('App name').waitFor();
    };

    itWhen(Boolean(chromium()), 'Chromium')(
      'leads from the sign-in page to the app repo, the run and the pull request',
      () =>
        withPage(async page => {
          const { platform, backstage, infra } = used();
          await openForm(page);
          await page.getByLabel('App name').fill('gift-cards');
          await page.getByLabel('Database name').fill('gift_cards_db');
          await page.getByLabel('Database user').fill('gift_cards_app');
          await page.getByLabel('Description').fill('Sells gift cards');
          await chooseOwner(page, 'Checkout Team');
          await page.screenshot({ path: join(SCREENSHOTS, 'form.png') });

          await page.getByRole('button', { name: 'Next' }).click();
          await page.getByLabel('Size').first().waitFor();
          await page.screenshot({ path: join(SCREENSHOTS, 'options.png') });
          await page.getByRole('button', { name: 'Review' }).click();
          await page.getByRole('button', { name: 'Create' }).waitFor();
          await page.screenshot({ path: join(SCREENSHOTS, 'review.png') });
          expect(await page.locator('table').first().innerText()).toEqual(
            [
              'App name\tgift-cards',
              'The app exists already\t❌',
              'Database name\tgift_cards_db',
              'Database user\tgift_cards_app',
              'Owner\tgroup:default/checkout-team',
              'Environment\tdev',
              'Description\tSells gift cards',
              'Size\tsmall (db.t3.micro)',
              'Risk\tmedium (backups 14 days, rotation every 30 days)',
              'Domain\tdelivery',
              'Wait until the database is ready\t❌',
            ].join('\n'),
          );
          await page.getByRole('button', { name: 'Create' }).click();

          // The task's page shows its links once the task has ended.
          await page
            .getByRole('link', { name: 'Pull request for the database' })
            .or(
              page.getByRole('button', {
                name: 'Pull request for the database',
              }),
            )
            .first()
            .waitFor();
          await page.getByText('What happens next').first().waitFor();
          await page.screenshot({
            path: join(SCREENSHOTS, 'finished-run.png'),
          });

          const component = `${platform.backstage}/catalog/default/component/gift-cards`;
          const hrefs = await page
            .locator('a')
            .evaluateAll(links =>
              links.map(link => (link as HTMLAnchorElement).href),
            );
          const [pull] = await infra.pullRequests('open');
          const [run] = await infra.runs();
          expect(hrefs).toEqual(
            expect.arrayContaining([
              `${platform.github}/acme/gift-cards`,
              component,
              run.html_url,
              pull.html_url,
            ]),
          );

          // The task's last link goes on where the task ends.
          const statusLink = `${platform.backstage}/databases/dev/gift_cards_db`;
          expect(hrefs).toContain(statusLink);
          const status = await page.context().newPage();
          status.setDefaultTimeout(300_000);
          const statusErrors: string[] = [];
          status.on('console', message => {
            if (message.type() === 'error') statusErrors.push(message.text());
          });
          await status.goto(statusLink);
          const doneSteps = () =>
            status.locator('ol [data-state=done]').count();
          await status.getByText('Next: a reviewer of checkout-team').waitFor();
          expect(await doneSteps()).toBe(2);
          await page.bringToFront();

          // Until the pull request is merged, the app depends on a database that is not there.
          await page.goto(component);
          const warning = page.getByText("which can't be found in the catalog");
          await warning.waitFor();

          await page.goto(pull.html_url);
          await page.screenshot({
            path: join(SCREENSHOTS, 'pull-request.png'),
          });
          await page.getByRole('button', { name: /merge/i }).click();
          const apply = await infra.finishedRun(
            'rds-database-apply.yml',
            run.id,
          );
          expect(apply.conclusion).toBe('success');
          await page.goto(apply.html_url);
          await page.screenshot({ path: join(SCREENSHOTS, 'apply-run.png') });
          expect((await infra.pullRequests('open')).length).toBe(0);

          // The status follows, without a reload; it asks only while it is seen.
          await status.bringToFront();
          await until(
            async () => (await doneSteps()) === 6,
            'the status to show that the database is provisioned',
          );
          await status.screenshot({ path: join(SCREENSHOTS, 'status.png') });
          expect(statusErrors).toEqual([]);
          await status.close();

          // The catalog shows component → database → instance, and warns of nothing.
          await until(
            async () =>
              (
                await (
                  await backstage.get(
                    '/api/catalog/entities/by-name/resource/default/rds-dev-gift_cards_db',
                  )
                ).json()
              ).spec?.lifecycle === 'active',
            'the database to be active in the catalog',
          );
          await page.goto(component);
          for (const [title, picture] of [
            ['gift_cards_db (dev)', 'component.png'],
            ['RDS instance (dev)', 'database.png'],
          ]) {
            // A row of a table, or a node of the graph of relations.
            const next = page.getByText(title, { exact: true }).first();
            await next.waitFor();
            await page.screenshot({ path: join(SCREENSHOTS, picture) });
            expect(await warning.count()).toBe(0);
            // The card, on the app's page and on the database's.
            await page
              .getByRole('list', { name: 'Progress of gift_cards_db' })
              .waitFor();
            await next.click();
          }
          await page
            .getByRole('heading', { name: 'RDS instance (dev)' })
            .waitFor();
          expect(await warning.count()).toBe(0);
          await page.screenshot({ path: join(SCREENSHOTS, 'instance.png') });

          // The same request again fails, and its page has the button that the message names.
          const { id } = await backstage.createTask({
            component_id: 'gift-cards',
            databaseName: 'gift_cards_db',
            username: 'gift_cards_app',
            owner: 'group:default/checkout-team',
            environment: 'dev',
          });
          expect((await backstage.finished(id)).status).toBe('failed');
          await page.goto(`${platform.backstage}/create/tasks/${id}`);
          const retry = page.getByRole('button', {
            name: 'Retry',
            exact: true,
          });
          await until(() => retry.isEnabled(), 'Retry to be there to press');
          await page.screenshot({
            path: join(SCREENSHOTS, 'refused-task.png'),
          });
        }),
    );

    const messages = (field: Parameters<typeof describeFieldMessages>[0]) =>
      describeFieldMessages(field) as Record<string, string>;
    const rows = [
      {
        label: 'App name',
        value: 'Gift Cards',
        says: messages('component_id').pattern,
        reason: 'capitals and a blank',
      },
      {
        label: 'App name',
        value: '9lives',
        says: messages('component_id').not,
        reason: 'a digit first',
      },
      {
        label: 'App name',
        value: 'a',
        says: messages('component_id').minLength,
        reason: 'too short',
      },
      {
        label: 'App name',
        value: 'a'.repeat(51),
        says: messages('component_id').maxLength,
        reason: 'too long',
      },
      {
        label: 'Database name',
        value: 'Gift-Cards',
        says: messages('databaseName').pattern,
        reason: 'capitals and a hyphen',
      },
      {
        label: 'Database name',
        value: 'postgres',
        says: messages('databaseName').not,
        reason: "PostgreSQL's own",
      },
      {
        label: 'Database user',
        value: 'x y z',
        says: messages('username').pattern,
        reason: 'blanks',
      },
      {
        label: 'Database user',
        value: 'rdsadmin',
        says: messages('username').not,
        reason: "RDS's own",
      },
      {
        label: 'Description',
        value: 'd'.repeat(201),
        says: 'use at most 200 characters.',
        reason: 'too long',
      },
    ];

    itWhen(Boolean(chromium()), 'Chromium')(
      'refuses bad input in words, before anything is sent',
      () =>
        withPage(async page => {
          const sent: string[] = [];
          page.on('request', sending => {
            if (
              sending.method() === 'POST' &&
              sending.url().includes('/scaffolder/v2/tasks')
            )
              sent.push(sending.url());
          });
          await openForm(page);
          const formText = () => page.locator('form').innerText();

          // An empty form shows all missing fields at once, each message below its field.
          await page.getByRole('button', { name: 'Next' }).click();
          await until(
            async () => (await formText()).includes(describeMissing('owner')),
            'the messages of an empty form',
          );
          await page.screenshot({
            path: join(SCREENSHOTS, 'empty.png'),
            fullPage: true,
            animations: 'disabled',
          });
          // Each message is in the list at the top and below its field.
          for (const message of [
            messages('component_id').minLength,
            messages('databaseName').minLength,
            messages('username').minLength,
            describeMissing('owner'),
          ])
            expect((await formText()).split(message)).toHaveLength(3);
          expect(await formText()).not.toMatch(VALIDATOR_MESSAGE);
          expect(await page.getByLabel('Size').count()).toBe(0);

          const good: Record<string, string> = {
            'App name': 'gift-shop',
            'Database name': 'gift_shop_db',
            'Database user': 'gift_shop_app',
            Description: 'Sells gifts',
          };
          for (const [label, value] of Object.entries(good))
            await page.getByLabel(label).fill(value);

          // A missing owner is reported with the others.
          await page.getByLabel('App name').fill('Gift Cards');
          await page.getByLabel('Database user').fill('rdsadmin');
          await page.getByRole('button', { name: 'Next' }).click();
          await until(
            async () => (await formText()).includes(messages('username').not),
            'the messages of three fields',
          );
          expect(await formText()).toContain(describeMissing('owner'));
          expect(await formText()).toContain(messages('component_id').pattern);
          await page.screenshot({
            path: join(SCREENSHOTS, 'refused.png'),
            animations: 'disabled',
          });
          for (const label of ['App name', 'Database user'])
            await page.getByLabel(label).fill(good[label]);

          // So is an owner that was selected and cleared.
          await chooseOwner(page, 'Checkout Team');
          await ownerField(page).fill('');
          // While the list is open, the rest of the page is hidden from assistive technology, and from this; it opens again
          // when its groups arrive.
          const next = page.getByRole('button', { name: 'Next' });
          await until(async () => {
            await page.keyboard.press('Escape');
            return next.click({ timeout: 10_000 }).then(
              () => true,
              () => false,
            );
          }, 'the list of owners to close');
          await until(
            async () => (await formText()).includes(describeMissing('owner')),
            'the message of the cleared owner',
          );
          expect(await formText()).not.toMatch(VALIDATOR_MESSAGE);

          await chooseOwner(page, 'Checkout Team');
          for (const { label, value, says, reason } of rows) {
            await page.getByLabel(label).fill(value);
            await page.getByRole('button', { name: 'Next' }).click();
            const shown = await until(
              async () => (await formText()).includes(says),
              `"${says}" (${reason})`,
            );
            expect(shown).toBe(true);
            expect(await page.getByLabel('Size').count()).toBe(0);
            await page.getByLabel(label).fill(good[label]);
          }
          // With valid fields the form continues to the options, where a database in dev is small.
          await page.getByRole('button', { name: 'Next' }).click();
          await page.getByLabel('Size').first().click();
          await page.getByRole('option').first().waitFor();
          expect(await page.getByRole('option').allInnerTexts()).toEqual([
            'small (db.t3.micro)',
          ]);
          expect(sent).toEqual([]);
        }),
    );
  });
