import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  describeFieldMessages,
  describeMissing,
} from '@goldenpath/plugin-golden-path-common';
import type { Page } from 'playwright-core';
import { parse } from 'yaml';
import { seriousViolations } from '../support/axe';
import { openBrowser } from '../support/browser';
import { chooseOwner, ownerField } from '../support/chooseOwner';
import { chromium, itWhen } from '../support/needs';
import { SCREENSHOTS } from '../support/screenshots';
import { ApiStandIn, serveApp, signInGuest } from '../support/servedApp';

const template = parse(
  readFileSync(
    resolve(__dirname, '../../templates/backend-app-rds/template.yaml'),
    'utf8',
  ),
);

/** What the form library writes when a form is refused, what Backstage's own pages use, and the failures that a test asks for. */
const OF_OTHERS =
  /^Form validation failed|AlertApi is deprecated|status of 500 /;

const group = (name: string, displayName: string) => ({
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Group',
  metadata: { name, namespace: 'default' },
  spec: { type: 'team', profile: { displayName }, children: [] },
});
const GROUPS = [
  ...Array.from({ length: 4_999 }, (_, i) => group(`a-team-${i}`, `Team ${i}`)),
  group('checkout-team', 'Checkout Team'),
];

/** Which extensions an app without the plugin hasn't. */
const WITHOUT_PLUGIN = ['request', 'owner'].map(name => ({
  [`scaffolder-form-field:golden-path/${name}`]: false,
}));

/** The body of an answer to a path below /api, an Error for status 500, or undefined. */
type Answer = (path: string, query: URLSearchParams) => unknown;

describe('the form of the plugin in a browser', () => {
  /** The backend of the test. What a test cares about it answers itself. */
  const createBackend = (own: Answer = () => undefined) => {
    const asked: string[] = [];
    const offered: number[] = [];
    const read: Answer = async (path, query) => {
      asked.push(path);
      const answered = await own(path, query);
      if (answered !== undefined) return answered;
      if (path.endsWith('/parameter-schema'))
        return {
          title: template.metadata.title,
          description: template.metadata.description,
          steps: template.spec.parameters.map((schema: { title: string }) => ({
            title: schema.title,
            schema,
          })),
        };
      if (path === '/catalog/entities/by-query') {
        const names = /metadata\.name=([^,]+)/.exec(query.get('filter') ?? '');
        const text = query.get('fullTextFilterTerm')?.toLowerCase() ?? '';
        const found = GROUPS.filter(
          ({ metadata, spec }) =>
            (!names || metadata.name === names[1]) &&
            spec.profile.displayName.toLowerCase().includes(text),
        );
        const begin = Number(query.get('cursor') ?? 0);
        const end = begin + Number(query.get('limit') ?? 500);
        offered.push(end - begin);
        return {
          items: found.slice(begin, end),
          totalItems: found.length,
          pageInfo: end < found.length ? { nextCursor: String(end) } : {},
        };
      }
      const wanted =
        /^\/catalog\/entities\/by-name\/group\/default\/(.*)$/.exec(path);
      if (wanted)
        return GROUPS.find(({ metadata }) => metadata.name === wanted[1]);
      if (path === '/golden-path/names')
        return {
          names: [...query.keys()]
            .filter(field => field !== 'environment')
            .map(field => ({ field, state: 'free', message: '' })),
        };
      if (path === '/golden-path/plans')
        return {
          requestId: 'dev-gift_cards_db',
          problems: [],
          repositoryUrl: 'https://github.com/acme/gift-cards',
          pullRequest: {
            title: 'Create RDS database gift_cards_db (dev)',
            branch: 'database/dev/gift_cards_db',
            labels: ['rds-database', 'dev', 'medium-risk'],
          },
          secretName: 'goldenpath/dev/gift_cards_db/postgres',
          kubernetesSecretName: 'gift-cards-db-creds',
          entityRef: 'resource:default/rds-dev-gift_cards_db',
          approvals: ['A reviewer of the platform team.'],
        };
      // The page of the task is another test's.
      if (path === '/scaffolder/v2/tasks') return new Promise(() => {});
      return undefined;
    };
    const answer: ApiStandIn = async ({ pathname, searchParams }) => {
      const body = await read(pathname.slice('/api'.length), searchParams);
      if (body instanceof Error)
        return { status: 500, body: { error: { message: body.message } } };
      return body === undefined ? undefined : { body };
    };
    return { asked, offered, answer };
  };

  const withForm = async (
    {
      answer,
      extensions,
      size,
      isDark = false,
    }: {
      answer: ApiStandIn;
      extensions?: unknown[];
      size?: { width: number; height: number };
      isDark?: boolean;
    },
    use: (page: Page) => Promise<void>,
  ) => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    const app = await serveApp(answer, {
      extensions,
      teams: ['group:default/checkout-team'],
    });
    const { page, close } = await openBrowser();
    const complaints: string[] = [];
    page.on('console', message => {
      if (message.type() === 'error' && !OF_OTHERS.test(message.text()))
        complaints.push(message.text());
    });
    page.on('pageerror', error => complaints.push(String(error)));
    page.setDefaultTimeout(120_000);
    if (size) await page.setViewportSize(size);
    try {
      await signInGuest(page, isDark ? 'dark' : 'light');
      await page.goto(`${app.url}/create/templates/default/backend-app-rds`);
      await page.getByLabel('App name').waitFor();
      await use(page);
      expect(complaints).toEqual([]);
    } catch (error) {
      await page.screenshot({
        path: join(SCREENSHOTS, 'form-at-the-failure.png'),
      });
      throw error;
    } finally {
      await close();
      app.close();
    }
  };
  const picture = (page: Page, name: string) =>
    page.screenshot({
      path: join(SCREENSHOTS, `${name}.png`),
      fullPage: true,
      animations: 'disabled',
    });
  const whenChromium = itWhen(Boolean(chromium()), 'Chromium');

  whenChromium(
    'fills names, offers own teams first and shows what will be created, by mouse',
    async () => {
      const { offered, answer } = createBackend();
      await withForm({ answer }, async page => {
        await page.getByLabel('App name').fill('gift-cards');
        for (const [label, name] of [
          ['App name', 'gift-cards'],
          ['Database name', 'gift_cards_db'],
          ['Database user', 'gift_cards_app_user'],
        ]) {
          expect(await page.getByLabel(label).inputValue()).toBe(name);
          await page.getByText(`${name} is free.`).waitFor();
        }
        await ownerField(page).click();
        const first = page.getByRole('option').first();
        await first.waitFor();
        expect(await first.innerText()).toContain('Checkout Team');
        await page.getByText('4950 more teams').waitFor();
        // Of 5,000 groups: one's own, and a page of the others.
        expect(offered.sort()).toEqual([50, 500]);
        await picture(page, 'form-filled');
        await chooseOwner(page, 'Checkout Team');
        expect(await seriousViolations(page, 'form')).toEqual([]);
        await page.getByRole('button', { name: 'Next' }).click();
        await page.getByText('database/dev/gift_cards_db').waitFor();
        await picture(page, 'form-plan');
        expect(await seriousViolations(page, 'form')).toEqual([]);
        await page.getByRole('button', { name: 'Review' }).click();
        const sent = page.waitForRequest(/\/scaffolder\/v2\/tasks$/);
        await page.getByRole('button', { name: 'Create', exact: true }).click();
        expect((await sent).postDataJSON().values).toEqual({
          component_id: 'gift-cards',
          databaseName: 'gift_cards_db',
          username: 'gift_cards_app_user',
          owner: 'group:default/checkout-team',
          environment: 'dev',
          size: 'small',
          risk: 'medium',
          domain: 'delivery',
          existingApp: false,
          waitUntilReady: false,
        });
      });
    },
  );

  whenChromium('is filled by keyboard only', async () => {
    const { answer } = createBackend();
    await withForm({ answer }, async page => {
      const type = (text: string) => page.keyboard.type(text);
      // The app's name has the focus.
      await type('gift-cards');
      const press = async (key: string, times: number) => {
        for (let time = 0; time < times; time++) await page.keyboard.press(key);
      };
      // Over "The app exists already".
      await press('Tab', 2);
      await page.keyboard.press('ControlOrMeta+a');
      await type('gifts_db');
      await page.getByText('gifts_db is free.').waitFor();
      await press('Shift+Tab', 2);
      await page.keyboard.press('End');
      await type('-2');
      expect(await page.getByLabel('Database name').inputValue()).toBe(
        'gifts_db',
      );
      expect(await page.getByLabel('Database user').inputValue()).toBe(
        'gift_cards_2_app_user',
      );
      await press('Tab', 4);
      await type('Team 4998');
      await page.getByRole('option', { name: 'Team 4998' }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      expect(await ownerField(page).inputValue()).toBe('Team 4998');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'What will be' }).waitFor();
      const review = page.getByRole('button', { name: 'Review' });
      await review.focus();
      await page.keyboard.press('Enter');
      const create = page.getByRole('button', { name: 'Create', exact: true });
      await create.waitFor();
      expect(await page.locator('table').first().innerText()).toContain(
        'group:default/a-team-4998',
      );
    });
  });

  whenChromium(
    'says what is wrong as one types, and all of it at Next',
    async () => {
      const { asked, answer } = createBackend();
      await withForm({ answer }, async page => {
        const ids: Record<string, string> = {
          'App name': 'component_id',
          'Database name': 'databaseName',
          'Database user': 'username',
        };
        const below = (label: string) =>
          page.locator(`[id="root_${ids[label]}__help"] [role=status]`);
        const rules = [
          [
            'App name',
            'Gift Cards',
            describeFieldMessages('component_id').pattern,
          ],
          ['App name', 'a', describeFieldMessages('component_id').minLength],
          [
            'App name',
            'a'.repeat(51),
            describeFieldMessages('component_id').maxLength,
          ],
          ['App name', '9lives', 'begin with a letter, because Kubernetes'],
          ['App name', 'nul', 'choose a name that Windows does not reserve'],
          [
            'Database name',
            'Gift-Cards',
            describeFieldMessages('databaseName').pattern,
          ],
          [
            'Database name',
            'postgres',
            'choose a name that PostgreSQL and RDS do not reserve',
          ],
          [
            'Database user',
            'rdsadmin',
            'choose a name that PostgreSQL and RDS do not reserve',
          ],
          [
            'Database user',
            'gifts_clone',
            'choose a name that does not end in _clone',
          ],
        ];
        for (const [label, value, says] of rules) {
          await page.getByLabel(label).fill(value);
          await below(label).filter({ hasText: says }).waitFor();
        }
        await page.getByLabel('App name').fill('Gift Cards');
        await page.getByLabel('Database name').fill('');
        await page.getByRole('button', { name: 'Next' }).click();
        const text = () => page.locator('form').innerText();
        await page.getByText(describeMissing('owner')).first().waitFor();
        // In the list at the top, and below the field.
        for (const message of [
          describeFieldMessages('component_id').pattern,
          describeFieldMessages('databaseName').minLength,
          describeMissing('owner'),
        ])
          expect((await text()).split(message)).toHaveLength(3);
        await picture(page, 'form-messages');
        // The red of Backstage's theme has too little contrast.
        expect(await seriousViolations(page, 'form', ['.Mui-error'])).toEqual(
          [],
        );
        expect(asked.includes('/golden-path/plans')).toBe(false);
      });
    },
  );

  whenChromium(
    'tells that a name is taken, that it checks, and that it could not check',
    async () => {
      let release = () => {};
      const { answer } = createBackend(async (path, query) => {
        if (path === '/golden-path/plans') return new Error('down');
        if (path !== '/golden-path/names') return undefined;
        const name = query.get('component_id');
        if (name === 'slow') await new Promise<void>(done => (release = done));
        if (name === 'broken') return new Error('down');
        return name === 'taken'
          ? {
              names: [
                {
                  field: 'component_id',
                  state: 'taken',
                  message: 'acme/taken exists; choose another name.',
                },
              ],
            }
          : undefined;
      });
      // Dark and narrow, as on a phone.
      await withForm(
        { answer, isDark: true, size: { width: 360, height: 780 } },
        async page => {
          await page.getByLabel('App name').fill('taken');
          await page.getByText('acme/taken exists; choose another').waitFor();
          expect(await seriousViolations(page, 'form')).toEqual([]);
          await page.getByLabel('App name').fill('slow');
          await page.getByText('Checking whether slow is free…').waitFor();
          await picture(page, 'form-narrow-dark');
          expect(await seriousViolations(page, 'form')).toEqual([]);
          // The field says nothing of a value that it no longer has.
          await page.getByLabel('App name').fill('fast');
          await page.getByText('fast is free.').waitFor();
          release();
          await page.getByLabel('App name').fill('broken');
          await page
            .getByText("Couldn't check whether broken is free")
            .waitFor();
          expect(await seriousViolations(page, 'form')).toEqual([]);
          expect(await page.getByText('slow is free').count()).toBe(0);
          expect(
            await page.evaluate(
              'Math.max(...[...document.querySelectorAll("form *")].map(part => part.getBoundingClientRect().right))',
            ),
          ).toBeLessThanOrEqual(360);

          await chooseOwner(page, 'Checkout Team');
          await page.getByRole('button', { name: 'Next' }).click();
          await page.getByText("Couldn't ask what will be created").waitFor();
          await picture(page, 'form-narrow-dark-plan');
          expect(await seriousViolations(page, 'form')).toEqual([]);
          await page.getByRole('button', { name: 'Review' }).click();
          await page
            .getByRole('button', { name: 'Create', exact: true })
            .waitFor();
        },
      );
    },
  );

  whenChromium('is the plain form without the plugin', async () => {
    const { asked, answer } = createBackend();
    await withForm({ answer, extensions: WITHOUT_PLUGIN }, async page => {
      const values = {
        'App name': 'Gift Cards',
        'Database name': 'gift_cards_db',
        'Database user': 'gift_cards_app',
      };
      for (const [label, value] of Object.entries(values))
        await page.getByLabel(label).fill(value);
      await page.getByRole('button', { name: 'Next' }).click();
      await page.getByText(describeMissing('owner')).first().waitFor();
      expect(
        (await page.locator('form').innerText()).split(
          describeFieldMessages('component_id').pattern,
        ),
      ).toHaveLength(3);
      await page.getByLabel('App name').fill('gift-cards');
      await page.getByLabel('Owner').fill('Checkout');
      await page.getByRole('option', { name: 'Checkout Team' }).click();
      await picture(page, 'form-plain');
      await page.getByRole('button', { name: 'Next' }).click();
      await page.getByLabel('Size').first().waitFor();
      expect(await page.getByText('What will be created').count()).toBe(0);
      expect(asked.filter(path => path.startsWith('/golden-path'))).toEqual([]);
    });
  });
});
