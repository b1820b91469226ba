import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrowserContext, chromium as playwright, Page } from 'playwright-core';
import { chromium } from './needs';

/** Starts a Chromium with a new profile; close() removes the profile. */
export const openBrowser = async (
  /** For the site that asks for a password. */
  httpCredentials?: { username: string; password: string; origin: string },
): Promise<{
  page: Page;
  close(): Promise<void>;
}> => {
  const profile = mkdtempSync(join(tmpdir(), 'golden-path-browser-'));
  const context: BrowserContext = await playwright.launchPersistentContext(
    profile,
    {
      executablePath: chromium(),
      headless: true,
      httpCredentials,
      viewport: { width: 1440, height: 1000 },
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  );
  return {
    page: await context.newPage(),
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
};
