// The lesson on desired state, taken in the page: predictions clicked, "show me" pressed, progress kept.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readFileSync } from 'node:fs';
import { openBrowser, openPage, serveSite, until } from './page.mjs';

const lessonYaml = readFileSync(new URL('../../lessons/03-desired-state/lesson.yaml', import.meta.url), 'utf8');
const steps = [...lessonYaml.matchAll(/^ {2}- id: (\S+)/gm)].map((match) => match[1]);
const id = '03-desired-state';

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

const buttons = {
  ko: { next: '다음', showMe: '대신 해 주기', reset: '처음부터', hint: '힌트' },
  en: { next: 'Next', showMe: 'Show me', reset: 'Start over', hint: 'Hint' },
};
const lessonOf = async (page) => (await page.evaluateHere({ do: 'state' })).lesson;

async function words(language) {
  const text = readFileSync(new URL(`../../lessons/03-desired-state/${language}.md`, import.meta.url), 'utf8');
  const choices = {};
  for (const section of text.split(/^## /m).slice(1)) {
    const step = section.match(/^([\w-]+)/)[1];
    choices[step] = [...section.matchAll(/^### choice \S+\n\n(.+)$/gm)].map((match) => match[1].replaceAll(/[`*]/g, ''));
  }
  return choices;
}

async function finishStep(page, language, choices) {
  let lesson = await lessonOf(page);
  const { stepId } = lesson;
  if (lesson.phase === 'predicting') {
    await page.press('radio', choices[stepId][0]);
    await until(async () => (await lessonOf(page)).phase !== 'predicting', `a prediction in ${stepId}`);
    lesson = await lessonOf(page);
  }
  if (lesson.phase === 'doing' && lessonYaml.match(new RegExp(`- id: ${stepId}\\n[\\s\\S]*?(?=\\n  - id:|$)`))[0].includes('show:')) {
    await page.press('button', buttons[language].showMe);
  }
  await until(async () => {
    await page.run(2);
    return (await lessonOf(page)).phase === 'done';
  }, `the end of ${stepId}`, 30000);
}

for (const language of ['ko', 'en']) {
  test(`is played to its end in ${language}, and keeps its place over a reload`, { timeout: 240000 }, async () => {
    const choices = await words(language);
    const page = await openPage(browser, site.url, { language });
    await page.evaluateHere({ do: 'open', lesson: id, fresh: true });
    for (let step = 0; step < steps.length; ++step) {
      const lesson = await lessonOf(page);
      assert.equal(lesson.stepId, steps[step]);
      if (step === 4) {
        const before = await lessonOf(page);
        await page.waitForTimeout(300);
        await page.reload();
        await page.waitForFunction(() => window.pilothouseBooted);
        assert.deepEqual(await lessonOf(page), before);
      }
      await finishStep(page, language, choices);
      await page.waitForTimeout(200);
      await page.shot(`lesson-${language}-${String(step + 1).padStart(2, '0')}-${steps[step]}`);
      if (step + 1 < steps.length) {
        await page.press('button', buttons[language].next);
        await until(async () => (await lessonOf(page)).step === step + 1, `the step after ${steps[step]}`);
      }
    }
    assert.ok((await lessonOf(page)).finished);
    await page.press('button', buttons[language].reset);
    await until(async () => (await lessonOf(page)).step === 0, 'the beginning');
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });
}

test('a task is not done by doing something else', async () => {
  const choices = await words('en');
  const page = await openPage(browser, site.url, { language: 'en' });
  await page.evaluateHere({ do: 'open', lesson: id, fresh: true });
  await page.press('button', 'Next');
  await page.press('radio', choices.declare[1]);
  const wrong = readFileSync(new URL('../../lessons/03-desired-state/manifests/shop.yaml', import.meta.url), 'utf8');
  await page.evaluateHere({ do: 'apply', manifest: wrong });
  await page.run(60);
  assert.equal((await lessonOf(page)).phase, 'doing');
  await page.press('button', 'Hint');
  await page.context().close();
});
