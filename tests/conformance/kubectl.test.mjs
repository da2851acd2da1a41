// Plays every transcript in transcripts/ with every kubectl that is on the machine, each against its own cluster.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import {fileURLToPath} from 'node:url';

import {findKubectls} from './kubectls.mjs';
import {startServer} from './server.mjs';
import {appliesTo, difference, readTranscript} from './transcript.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const folder = path.join(here, 'transcripts');
const only = process.env.TRANSCRIPT ?? '';
const onlyVersion = process.env.KUBECTL_VERSION ?? '';
const kubectls = findKubectls().filter(({version}) => version.startsWith(onlyVersion));

function run(command, server, kubectl, bin) {
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', `exec 2>&1; ${command}`], {
      cwd: here,
      timeout: 60_000,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {PATH: `${bin}:${process.env.PATH}`, HOME: server.folder, KUBECONFIG: server.kubeconfig, TMPDIR: server.folder,
            KUBECACHEDIR: path.join(server.folder, 'cache'), NO_COLOR: '1', TERM: 'dumb', TZ: 'UTC', LC_ALL: 'C'},
    });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.on('close', (code, signal) => resolve({output, code: code ?? signal}));
  });
}

test('there is a kubectl to test with', () => assert.ok(kubectls.length > 0));

const played = new Map();  // commands by version
for (const {version, file} of kubectls) {
  for (const name of fs.readdirSync(folder).filter((entry) => entry.endsWith('.txt') && entry.includes(only)).sort()) {
    test(`kubectl ${version}: ${name}`, async () => {
      const steps = readTranscript(fs.readFileSync(path.join(folder, name), 'utf8'));
      const server = await startServer();
      const bin = path.join(server.folder, 'bin');
      fs.mkdirSync(bin);
      fs.symlinkSync(file, path.join(bin, 'kubectl'));
      const wrong = [];
      try {
        for (const step of steps) {
          if (!appliesTo(step.versions, version)) continue;
          const {output, code} = await run(step.command, server, file, bin);
          played.set(version, (played.get(version) ?? 0) + 1);
          const differs = difference(step.expected, output);
          if (differs === null && code === step.exit) continue;
          wrong.push(`${name}:${step.line}: $ ${step.command}\nexit ${code}, expected ${step.exit}\n${differs ?? ''}`);
        }
      } finally {
        await server.stop();
      }
      assert.equal(wrong.length, 0, wrong.join('\n\n'));
    });
  }
}

test('at least 200 commands are played with kubectl 1.33', () => {
  const texts = fs.readdirSync(folder).map((name) => fs.readFileSync(path.join(folder, name), 'utf8'));
  const steps = texts.flatMap(readTranscript).filter(({versions}) => appliesTo(versions, '1.33'));
  assert.ok(steps.length >= 200, `${steps.length} are`);
});

test('each kubectl played something', {skip: only !== ''}, () => {
  for (const {version} of kubectls) assert.ok(played.get(version) > 0, version);
});
