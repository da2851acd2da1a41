// Budgets of the download, as brotli -11 makes it. Code was held to 700 KB while twelve kinds were served; the whole API
// (over fifty kinds, RBAC, admission, server-side apply, Raft) takes a fifth more.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';

const site = new URL('../../build/site/', import.meta.url);
const bytes = (name) => statSync(new URL(`${name}.br`, site)).size;
const kilobyte = 1000;

test('module and loader take at most 960 KB, fonts at most 700 KB', () => {
  const code = bytes('pilothouse.wasm') + bytes('pilothouse.js');
  const fonts = bytes('fonts/ui.ttf') + bytes('fonts/mono.ttf') + bytes('fonts/bold.ttf');
  console.log(JSON.stringify({ code, fonts, content: bytes('content.json') }));
  assert.ok(code <= 960 * kilobyte, `module and loader: ${code}`);
  assert.ok(fonts <= 700 * kilobyte, `fonts: ${fonts}`);
  assert.ok(bytes('content.json') <= 100 * kilobyte, `content: ${bytes('content.json')}`);
});
