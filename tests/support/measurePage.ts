import { Page } from 'playwright-core';

declare global {
  interface Window {
    firstPaint?: number;
    filterTime?: number;
  }
}

/** Milliseconds from the start of the navigation to the frame after the one that first shows what matches `selector`. */
export const measureFirstPaint = async (
  page: Page,
  url: string,
  selector: string,
): Promise<number> => {
  await page.addInitScript(watched => {
    const look = () => {
      if (document.querySelector(watched))
        requestAnimationFrame(() => {
          window.firstPaint = performance.now();
        });
      else requestAnimationFrame(look);
    };
    look();
  }, selector);
  await page.goto(url);
  const painted = await page.waitForFunction(() => window.firstPaint);
  return (await painted.jsonValue()) ?? NaN;
};

/** Milliseconds from typing a letter into the focused field to the frame after the one that shows another count of rows. */
export const measureFilter = async (
  page: Page,
  letter: string,
): Promise<number> => {
  // Listens before the letter is sent: input overtakes scripts.
  await page.evaluate(() => {
    const count = () =>
      document.querySelector('[role=search] ~ [role=status]')?.textContent;
    const before = count();
    window.filterTime = undefined;
    window.addEventListener(
      'keydown',
      ({ timeStamp }) => {
        const look = () => {
          if (count() === before) requestAnimationFrame(look);
          else
            requestAnimationFrame(() => {
              window.filterTime = performance.now() - timeStamp;
            });
        };
        requestAnimationFrame(look);
      },
      { capture: true, once: true },
    );
  });
  await page.keyboard.press(letter);
  const measured = await page.waitForFunction(() => window.filterTime);
  return (await measured.jsonValue()) ?? NaN;
};
