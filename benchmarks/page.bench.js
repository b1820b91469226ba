/**
 * How soon the page Databases shows 5,000 databases in a real Chromium, as a ratio to a page of the same app that loads
 * nothing (Settings), interleaved; and how long a letter in its search takes until the rows are painted.
 *
 *   node benchmarks/page.bench.js [rounds]
 *
 * Needs Chromium and the built app (make start builds it). A stand-in answers for the backend, without a delay.
 */
require('@backstage/cli-node/config/nodeTransform.cjs');
const { cpus, loadavg } = require('node:os');
const { openBrowser } = require('../tests/support/browser.ts');
const { databasesStandIn } = require('../tests/support/databasesStandIn.ts');
const { exampleSummaries } = require('../tests/support/exampleStatuses.ts');
const {
  measureFilter,
  measureFirstPaint,
} = require('../tests/support/measurePage.ts');
const { serveApp, signInGuest } = require('../tests/support/servedApp.ts');

const ROUNDS = Number(process.argv[2] ?? 5);
const COUNT = 5000;
const TYPED = 'service 4';

const median = numbers =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** A new profile each time: nothing is cached. */
const withPage = async use => {
  const { page, close } = await openBrowser();
  try {
    await signInGuest(page);
    return await use(page);
  } finally {
    await close();
  }
};

const main = async () => {
  const load = loadavg()[0];
  const databases = exampleSummaries(COUNT);
  const app = await serveApp(databasesStandIn({ list: () => databases }));
  const paints = [];
  const floors = [];
  const filters = [];
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      floors.push(
        await withPage(page =>
          measureFirstPaint(page, `${app.url}/settings`, '[role=tab]'),
        ),
      );
      await withPage(async page => {
        paints.push(
          await measureFirstPaint(
            page,
            `${app.url}/databases`,
            '[role=rowheader]',
          ),
        );
        await page.getByText(`${COUNT} databases`).waitFor();
        await page.getByRole('searchbox').focus();
        // The first letters are in every row: the next one changes the count.
        await page.keyboard.type(TYPED.slice(0, -1));
        for (const letter of [TYPED.at(-1), 'Backspace', TYPED.at(-1)])
          filters.push(await measureFilter(page, letter));
      });
    }
  } finally {
    app.close();
  }
  const ms = number => `${Math.round(number)} ms`;
  console.log(
    `${COUNT} databases, ${ROUNDS} rounds, ${
      cpus().length
    } processors with a load of ${load.toFixed(1)} before`,
  );
  console.log(
    `First rows painted after ${ms(median(paints))} (worst ${ms(
      Math.max(...paints),
    )}), ${(median(paints) / median(floors)).toFixed(
      2,
    )} × a page that loads nothing (${ms(median(floors))})`,
  );
  console.log(
    `A letter in the search until the rows are painted: ${ms(
      median(filters),
    )} (worst ${ms(Math.max(...filters))})`,
  );
  const verdict = (what, isMet) =>
    console.log(`${what}: ${isMet ? 'met' : 'not met'}`);
  verdict('Target first paint under 2 s', median(paints) < 2000);
  verdict('Target filter under 100 ms', median(filters) < 100);
};

main().catch(error => {
  console.error(error);
  process.exitCode = 1;
});
