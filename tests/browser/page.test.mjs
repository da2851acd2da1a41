// The page as a person meets it: opens, shows a cluster, speaks two languages, and never dies silently.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, openPage, serveSite, until } from './page.mjs';

let site;
let browser;
before(async () => {
  site = await serveSite();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  site?.stop();
});

async function close(page) {
  assert.deepEqual(page.errors, []);
  await page.context().close();
}

for (const language of ['ko', 'en']) {
  test(`opens with a running cluster in the browser's language (${language})`, async () => {
    const page = await openPage(browser, site.url, { language });
    const state = await page.evaluateHere({ do: 'state' });
    assert.equal(state.language, language);
    assert.equal(await page.evaluate(() => document.documentElement.lang), language);
    await page.run(30);
    const { counts } = await page.evaluateHere({ do: 'state' });
    assert.equal(counts.nodes, 4);
    const { items } = await page.evaluateHere({ do: 'objects', resource: 'nodes' });
    for (const node of items) {
      assert.equal(node.status.conditions.find((condition) => condition.type === 'Ready').status, 'True', node.metadata.name);
    }
    await page.waitForTimeout(500);
    await page.shot(`open-${language}`);
    await close(page);
  });
}

test('switches the language at any time and remembers it', async () => {
  const page = await openPage(browser, site.url, { language: 'en' });
  await page.press('button', '한국어');
  await until(async () => (await page.evaluateHere({ do: 'state' })).language === 'ko', 'Korean');
  await page.reload();
  await page.waitForFunction(() => window.pilothouseBooted);
  assert.equal((await page.evaluateHere({ do: 'state' })).language, 'ko');
  await close(page);
});

test('says so in words where WebGL2 is missing', async () => {
  const context = await browser.newContext({ locale: 'ko-KR' });
  const page = await context.newPage();
  await page.addInitScript(() => {
    HTMLCanvasElement.prototype.getContext = () => null;
  });
  await page.goto(site.url);
  await page.getByRole('alert').getByText('WebGL2').waitFor();
  await context.close();
});

test('says so in words where WebAssembly is missing', async () => {
  const context = await browser.newContext({ locale: 'en-US' });
  const page = await context.newPage();
  await page.addInitScript(() => {
    delete window.WebAssembly;
  });
  await page.goto(site.url);
  await page.getByRole('alert').getByText('no WebAssembly').waitFor();
  await context.close();
});

test('says so in words where a file cannot be loaded, and offers to try again', async () => {
  const context = await browser.newContext({ locale: 'en-US' });
  const page = await context.newPage();
  await page.route('**/fonts/ui.ttf*', (route) => route.abort());
  await page.goto(site.url);
  await page.getByRole('alert').getByText('could not be loaded').waitFor();
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  await context.close();
});

test('has words for a reader without JavaScript', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(site.url);
  await page.getByText('This page needs JavaScript').waitFor();
  await context.close();
});

test('draws nothing while the clock is paused and nobody acts', async () => {
  const page = await openPage(browser, site.url);
  await page.evaluateHere({ do: 'time', paused: true });
  await page.mouse.move(5, 5);
  await page.waitForTimeout(2500);
  const before = await page.evaluate(() => window.pilothouse.frames);
  await page.waitForTimeout(1000);
  assert.equal(await page.evaluate(() => window.pilothouse.frames), before);
  await close(page);
});

test('answers hostile script input with an error and goes on', async () => {
  const page = await openPage(browser, site.url);
  for (const bad of [null, 3, [], {}, { do: 'nothing' }, { do: 'run', seconds: 1e300 }, { do: 'run' },
    { do: 'objects', resource: '\u0000' }, { do: 'input', verb: 7 }, { do: 'restore', session: { seed: -1 } },
    { do: 'apply', manifest: '[['.repeat(100000) }, { do: 'select', target: ':::' }]) {
    const answer = await page.evaluateHere(bad);
    assert.equal(typeof answer, 'object');
  }
  await page.run(1);
  assert.ok((await page.evaluateHere({ do: 'state' })).elapsed > 0);
  await close(page);
});
