// Time in the reader's hands: pause, one event, one message, until something changes, and speed.
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

const state = (page) => page.evaluateHere({ do: 'state' });

test('pauses, steps by event and by message, runs to the next change, and plays on', async () => {
  const page = await openPage(browser, site.url);
  await page.press('button', 'Pause');
  const paused = await state(page);
  assert.equal(paused.paused, true);
  await page.waitForTimeout(500);
  assert.equal((await state(page)).elapsed, paused.elapsed);

  await page.press('button', 'Step one event');
  const event = await state(page);
  assert.ok(event.elapsed >= paused.elapsed && event.paused);
  await page.press('button', 'Step one message');
  const message = await state(page);
  assert.ok(message.messages > paused.messages && message.paused);
  await page.press('button', 'Until something changes');
  await until(async () => (await state(page)).revision > message.revision, 'a change');

  await page.evaluateHere({ do: 'time', speed: 1, paused: true });
  await page.press('button', 'Play');
  const before = await state(page);
  await until(async () => (await state(page)).elapsed > before.elapsed, 'time to pass');
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('runs from 0.1 to 1000 times as fast as the wall clock, and no faster', async () => {
  const page = await openPage(browser, site.url);
  for (const [asked, speed] of [[0.001, 0.1], [0.1, 0.1], [1000, 1000], [1e9, 1000]]) {
    await page.evaluateHere({ do: 'time', speed: asked, follow: false });
    assert.equal((await state(page)).speed, speed);
  }
  const before = (await state(page)).elapsed;
  await until(async () => (await state(page)).elapsed > before + 100, 'a hundred seconds within a few', 10000);
  await page.context().close();
});
