// The built site in a real headless Chromium, clicked and typed as a person does.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../../', import.meta.url));
export const shots = `${root}build/screenshots`;
mkdirSync(shots, { recursive: true });

export async function serveSite() {
  const server = spawn('python3', [`${root}wasm/serve.py`, '--site', `${root}build/site`, '--port', '0'],
    { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: server.stdout });
  const url = await new Promise((resolve, reject) => {
    lines.once('line', resolve);
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return { url, stop: () => server.kill() };
}

export async function openBrowser(extra = []) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--use-gl=angle', '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader', ...extra],
  });
}

/// A page in which the cluster runs. What its console calls an error fails the test that closes it.
export async function openPage(browser, url, options = {}) {
  const { language = 'en', width = 1440, height = 900, dark = false, hash = '' } = options;
  const context = await browser.newContext({
    viewport: { width, height }, locale: language === 'ko' ? 'ko-KR' : 'en-US',
    colorScheme: dark ? 'dark' : 'light', permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  page.errors = [];
  page.on('pageerror', (error) => page.errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') page.errors.push(message.text());
  });
  await page.goto(`${url}${hash ? `#${hash}` : ''}`);
  await page.waitForFunction(() => window.pilothouseBooted, undefined, { timeout: 60000 });
  page.evaluateHere = (request) => page.evaluate((r) => window.pilothouse.evaluate(r), request);
  page.run = (seconds) => page.evaluateHere({ do: 'run', seconds });
  /// Presses what is called `name`, found through the accessible mirror, with the mouse on the canvas.
  page.press = async (role, name) => {
    const element = page.locator('#mirror').getByRole(role, { name, exact: typeof name === 'string' }).first();
    await element.waitFor({ state: 'attached', timeout: 10000 });
    const box = await element.boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.waitForTimeout(60);
    await page.mouse.down();
    await page.waitForTimeout(60);
    await page.mouse.up();
    await page.waitForTimeout(60);
  };
  page.shot = (name) => page.screenshot({ path: `${shots}/${name}.png` });
  return page;
}

export async function until(check, what, timeoutMs = 15000) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > end) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
