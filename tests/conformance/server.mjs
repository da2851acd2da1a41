// One simulated cluster behind HTTP for a test, in a folder of its own.
import {spawn} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const program = process.env.PILOTHOUSE_API ?? path.join(root, 'build/sanitize/pilothouse_api');

export async function startServer(...options) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pilothouse-'));
  const kubeconfig = path.join(folder, 'kubeconfig');
  const child = spawn(program, ['--port', '0', '--speed', '40', '--kubeconfig', kubeconfig, ...options],
                      {stdio: ['ignore', 'pipe', 'pipe'], env: {...process.env, TMPDIR: folder}});
  let said = '';
  const exited = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
  const port = await new Promise((resolve, reject) => {
    const listen = (data) => {
      said += data;
      const at = said.match(/https?:\/\/127\.0\.0\.1:(\d+)/);
      if (at) resolve(Number(at[1]));
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.on('error', reject);
    exited.then((code) => reject(new Error(`the server ended with ${code}:\n${said}`)));
  });
  return {
    port,
    folder,
    kubeconfig,
    said: () => said,
    async stop() {
      child.kill('SIGTERM');
      const code = await exited;
      fs.rmSync(folder, {recursive: true, force: true});
      if (code !== 0) throw new Error(`the server ended with ${code}:\n${said}`);
    },
  };
}
