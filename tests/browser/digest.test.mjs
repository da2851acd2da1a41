// The same session gives the same event log in the module and natively.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openBrowser, openPage, serveSite } from './page.mjs';

const root = new URL('../../', import.meta.url);
const sessionFile = new URL('tests/fixtures/digest-session.json', root);
const seconds = 10000;

test(`10,000 simulated seconds have one digest natively and in WebAssembly`, { timeout: 300000 }, async () => {
  const native = execFileSync(new URL('build/sanitize/pilothouse_digest', root).pathname,
    [sessionFile.pathname, '--seconds', String(seconds)], { encoding: 'utf8' });
  const site = await serveSite();
  const browser = await openBrowser();
  try {
    const page = await openPage(browser, site.url);
    const session = JSON.parse(readFileSync(sessionFile, 'utf8'));
    const { ok, digest } = await page.evaluateHere({ do: 'restore', session, seconds });
    assert.equal(ok, true);
    assert.match(native, new RegExp(digest));
    assert.notEqual(digest, '0000000000000000');
  } finally {
    await browser.close();
    site.stop();
  }
});
