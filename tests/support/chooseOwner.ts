import { Page } from 'playwright-core';
import { until } from './platform';

export const ownerField = (page: Page) =>
  page.getByRole('combobox', { name: 'Owner' });

/**
 * Chooses a team in the form. A list closes when the page scrolls below it, and the browser's driver scrolls to what it
 * clicks; a click in the same moment is lost. So the field scrolls first, and the choice counts when it is seen.
 */
export const chooseOwner = async (page: Page, title: string) => {
  const owner = ownerField(page);
  const option = page.getByRole('option', { name: title });
  await until(async () => {
    await owner.evaluate(field => field.scrollIntoView({ block: 'center' }));
    await owner.fill(title);
    if (!(await option.isVisible())) {
      await owner.press('ArrowDown');
      return false;
    }
    return option
      .click({ timeout: 10_000 })
      .then(() =>
        page.getByRole('listbox').waitFor({ state: 'hidden', timeout: 10_000 }),
      )
      .then(
        async () => (await owner.inputValue()) === title,
        () => false,
      );
  }, `${title} as the owner`);
};
