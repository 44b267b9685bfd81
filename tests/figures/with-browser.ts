/**
 * Tests that need a browser: skipped with the reason where there is none, unless all tests are required.
 */
import test, { after, type TestContext } from 'node:test';
import type { BrowserContext } from 'puppeteer-core';
import {
  BrowserNotFoundError,
  findBrowser,
  launchBrowser,
  type BrowserSession,
} from '../../lib/figures/browser';

let shared: Promise<BrowserSession> | undefined;
after(async () => (await shared)?.end());

/** A place for pages in the browser that the tests of a file share; it keeps nothing of another test. */
export async function browserContext(): Promise<BrowserContext> {
  shared ??= launchBrowser();
  return (await shared).browser.createBrowserContext();
}

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
