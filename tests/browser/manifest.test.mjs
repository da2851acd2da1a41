// The main job: a real manifest opened in four ways, applied, scaled, broken and mended.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readFileSync } from 'node:fs';
import { openBrowser, openPage, serveSite, until } from './page.mjs';

const guestbook = readFileSync(new URL('../../lessons/examples/guestbook-all-in-one.yaml', import.meta.url), 'utf8');
const web = readFileSync(new URL('../../lessons/03-desired-state/manifests/web.yaml', import.meta.url), 'utf8');
const example = 'guestbook-all-in-one.yaml';

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
const pods = async (page) => (await page.evaluateHere({ do: 'objects', resource: 'pods', namespace: 'default' })).items;
const editorText = async (page) => (await page.evaluateHere({ do: 'editor' })).text;

async function focusEditor(page) {
  await page.press('tab', 'Manifest');
  await page.press('textbox', 'Manifest editor');
}

async function applyAndWait(page, readyPods) {
  await page.press('button', 'Apply');
  await until(async () => {
    await page.run(2);
    return (await state(page)).counts.readyPods === readyPods;
  }, `${readyPods} ready pods`);
}

test('the guestbook from the examples comes up, answers, scales, and replaces a deleted pod', async () => {
  const page = await openPage(browser, site.url);
  await page.run(20);
  await page.press('tab', 'Manifest');
  await page.evaluateHere({ do: 'open', example });
  assert.equal(await editorText(page), guestbook);
  await applyAndWait(page, 6);

  // Every step really happened, told by the objects that it left.
  const objects = async (resource) => (await page.evaluateHere({ do: 'objects', resource, namespace: 'default' })).items;
  assert.equal((await objects('deployments')).length, 3);
  assert.equal((await objects('replicasets')).length, 3);
  for (const pod of await pods(page)) {
    assert.match(pod.spec.nodeName, /^worker-/);
    assert.match(pod.status.podIP, /^10\./);
  }
  const slices = await objects('endpointslices');
  const frontend = slices.find((slice) => slice.metadata.labels['kubernetes.io/service-name'] === 'frontend');
  assert.equal(frontend.endpoints.filter((endpoint) => endpoint.conditions.ready).length, 3);
  const reasons = new Set((await objects('events')).map((event) => event.reason));
  for (const reason of ['ScalingReplicaSet', 'SuccessfulCreate', 'Scheduled', 'Pulling', 'Pulled', 'Created', 'Started']) {
    assert.ok(reasons.has(reason), reason);
  }
  const { id } = await page.evaluateHere({ do: 'input', verb: 'request', arguments: { from: `default/${(await pods(page))[0].metadata.name}`, url: 'http://frontend/' } });
  await page.run(5);
  const answer = await page.evaluateHere({ do: 'result', id });
  assert.ok(answer.ok, JSON.stringify(answer));
  await page.waitForTimeout(300);
  await page.shot('guestbook-en');

  // replicas edited in the editor, by typing.
  await page.press('textbox', 'Manifest editor');
  await page.keyboard.press('Control+End');
  assert.ok((await editorText(page)).endsWith(guestbook.slice(-40)));
  const scaled = guestbook.replace(/(name: frontend\nspec:\n)(\s+selector:[\s\S]*?replicas: )3/, '$1$25');
  assert.notEqual(scaled, guestbook);
  await page.keyboard.press('Control+a');
  await page.evaluate((text) => navigator.clipboard.writeText(text), scaled);
  await page.keyboard.press('Control+v');
  await until(async () => (await editorText(page)) === scaled, 'the pasted text');
  await applyAndWait(page, 8);

  const victim = (await pods(page)).find((pod) => pod.metadata.name.startsWith('frontend-'));
  await page.evaluateHere({ do: 'select', target: `pod:default/${victim.metadata.name}` });
  await page.press('tab', 'Inspect');
  await page.press('button', 'Delete');
  await until(async () => {
    await page.run(2);
    const now = await pods(page);
    return !now.some((pod) => pod.metadata.uid === victim.metadata.uid) && (await state(page)).counts.readyPods === 8;
  }, 'another pod in its place');
  assert.deepEqual(page.errors, []);
  await page.context().close();
});

test('a manifest comes in by file chooser and by drag and drop', async () => {
  const page = await openPage(browser, site.url);
  await page.press('tab', 'Manifest');
  const chooser = page.waitForEvent('filechooser');
  await page.press('button', 'Open');
  await (await chooser).setFiles({ name: 'book.yaml', mimeType: 'text/yaml', buffer: Buffer.from(guestbook) });
  await until(async () => (await editorText(page)) === guestbook, 'the chosen file');

  const transfer = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(['kind: Pod\n'], 'pod.yaml', { type: 'text/yaml' }));
    return data;
  });
  await page.dispatchEvent('#canvas', 'drop', { dataTransfer: transfer });
  await until(async () => (await editorText(page)) === 'kind: Pod\n', 'the dropped file');
  await page.context().close();
});

test('typed English and Hangul, and pasted rare syllables, stand in the editor and on the screen', async () => {
  const page = await openPage(browser, site.url, { language: 'ko' });
  await page.press('tab', '매니페스트');
  await page.press('textbox', '매니페스트 편집기');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('# pilot ');
  // What an input method commits.
  await page.keyboard.insertText('조타실 쿠버네티스 ');
  await page.evaluate(() => navigator.clipboard.writeText('뷁 똠방각하 쀍 힣 괆'));
  await page.keyboard.press('Control+v');
  await until(async () => (await editorText(page)).includes('# pilot 조타실 쿠버네티스 뷁 똠방각하 쀍 힣 괆'), 'the text');
  await page.waitForTimeout(300);
  await page.shot('hangul-ko');
  await page.context().close();
});

test('an input method composes into the editor', async () => {
  const page = await openPage(browser, site.url, { language: 'ko' });
  await page.press('tab', '매니페스트');
  await page.press('textbox', '매니페스트 편집기');
  await page.keyboard.press('Control+a');
  const cdp = await page.context().newCDPSession(page);
  for (const text of ['ㅎ', '하', '한']) {
    await cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  }
  await cdp.send('Input.insertText', { text: '한' });
  await until(async () => (await editorText(page)) === '한', 'the composed syllable, once');
  await page.context().close();
});

test('a wrong manifest is told with line and column in Kubernetes\' words, and changes nothing', async () => {
  const page = await openPage(browser, site.url);
  await page.run(20);
  for (const [from, to, words, line, column] of [
    ['replicas: 3', 'replicas: three', 'cannot unmarshal string into Go struct field', 6, 13],
    ['        app: web\n    spec', '        app: shop\n    spec', '`selector` does not match template `labels`', 0, 0],
    ['kind: Deployment', 'kind: Deploymnt', 'no matches for kind "Deploymnt" in version "apps/v1"', 2, 0],
    ['  selector:', '\tselector:', 'found a tab character that violates indentation', 7, 1],
    ['image:', 'imge:', 'unknown field "spec.template.spec.containers[0].imge"', 17, 0],
    ['name: web', 'name: Web', 'a lowercase RFC 1123 subdomain must consist of', 4, 0],
  ]) {
    const text = web.replace(from, to);
    assert.notEqual(text, web, from);
    const { id } = await page.evaluateHere({ do: 'apply', manifest: text });
    await page.run(3);
    const result = await page.evaluateHere({ do: 'result', id });
    const message = result.messages.find((one) => one.error);
    assert.ok(message, `${from}: ${JSON.stringify(result)}`);
    assert.ok(message.text.includes(words), message.text);
    assert.ok(message.line > 0 && message.column > 0, `place of ${message.text}`);
    if (line) assert.equal(message.line, line, message.text);
    if (column) assert.equal(message.column, column, message.text);
  }
  const { counts } = await state(page);
  assert.equal(counts.deployments, 0);
  assert.equal(counts.pods, 0);

  // The same words stand under the line while typing, and below when applied.
  await focusEditor(page);
  await page.keyboard.press('Control+a');
  await page.evaluate((text) => navigator.clipboard.writeText(text), web.replace('replicas: 3', 'replicas: three'));
  await page.keyboard.press('Control+v');
  await page.waitForTimeout(1500);
  await page.press('button', 'Apply');
  await page.run(3);
  await page.waitForTimeout(800);
  await page.shot('wrong-manifest-en');
  assert.deepEqual(page.errors, []);
  await page.context().close();
});
