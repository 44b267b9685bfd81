/**
 * Tests that need a browser: skipped with the reason where there is none, unless all tests are required.
 */
import test, { type TestContext } from 'node:test';
import { BrowserNotFoundError, findBrowser } from '../../lib/figures/browser';

/** A test that runs where a browser is found. */
export function browserTest(title: string, body: (context: TestContext) => Promise<void>): void {
  test(title, async (context) => {
    try {
      await findBrowser();
    } catch (error) {
      if (!(error instanceof BrowserNotFoundError) || process.env['NEUROBASIS_REQUIRE_ALL'] === '1')
        throw error;
      context.skip(error.message);
      return;
    }
    await body(context);
  });
}
