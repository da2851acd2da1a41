// The real kubectls that are on the machine, newest first, and Debian's portable one.
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const folders = ['/usr/lib/google-cloud-sdk/bin', '/usr/bin', '/usr/local/bin'];
const unpacked = fileURLToPath(new URL('../../build/kubectl/usr/bin', import.meta.url));

function versionOf(file) {
  try {
    const told = JSON.parse(execFileSync(file, ['version', '--client', '-o', 'json'], {stdio: ['ignore', 'pipe', 'ignore']}));
    // A dispatcher chooses another kubectl by the server's version: not one to test with.
    if (told.clientVersion.gitVersion.includes('dispatcher')) return null;
    return `${told.clientVersion.major}.${Number.parseInt(told.clientVersion.minor, 10)}`;
  } catch {
    return null;
  }
}

/** [{version: "1.33", file}], one a version, newest first. */
export function findKubectls() {
  const found = new Map();
  for (const folder of [...folders, unpacked]) {
    if (!fs.existsSync(folder)) continue;
    for (const name of fs.readdirSync(folder).sort()) {
      if (!/^kubectl(\.\d+\.\d+)?$/.test(name)) continue;
      const file = path.join(folder, name);
      const version = versionOf(file);
      if (version && !found.has(version)) found.set(version, file);
    }
  }
  return [...found].map(([version, file]) => ({version, file}))
      .sort((a, b) => Number(b.version.split('.')[1]) - Number(a.version.split('.')[1]));
}
