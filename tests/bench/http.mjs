// The simulated cluster over HTTP beside a real etcd, in one run: how many writes and reads a second each answers to
// the same client, and what CPU time it takes. etcd stores bytes; the API server decodes, admits, validates and stores in
// its simulated etcd, so the ratio tells what that costs.
import {spawn} from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const writes = 3000;
const reads = 300;
const connections = 8;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pilothouse-bench-'));
const base64 = (text) => Buffer.from(text).toString('base64');

function start(program, options, port) {
  const child = spawn(program, options, {stdio: 'ignore'});
  const agent = new http.Agent({keepAlive: true, maxSockets: connections});
  const call = (method, target, body) => new Promise((resolve, reject) => {
    const text = body && JSON.stringify(body);
    const request = http.request({agent, host: '127.0.0.1', port, method, path: target,
                                  headers: text ? {'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text)} : {}},
                                 (response) => {
                                   let size = 0;
                                   response.on('data', (data) => (size += data.length));
                                   response.on('end', () => response.statusCode < 300 ? resolve(size) : reject(new Error(`${target}: ${response.statusCode}`)));
                                 });
    request.on('error', reject);
    request.end(text);
  });
  const cpu = () => {
    const fields = fs.readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  };
  return {child, agent, call, cpu};
}

async function ready(server, target, method = 'GET', body) {
  for (let tries = 0; tries < 200; ++tries) {
    try {
      return await server.call(method, target, body);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error('it does not start');
}

async function measure(server, count, once) {
  const cpu = server.cpu();
  const from = performance.now();
  let next = 0;
  await Promise.all(Array.from({length: connections}, async () => {
    while (next < count) await once(next++);
  }));
  return {perSecond: count / ((performance.now() - from) / 1000), perCpuSecond: count / Math.max(server.cpu() - cpu, 0.01)};
}

const etcd = start('etcd', ['--data-dir', path.join(folder, 'etcd'), '--unsafe-no-fsync', '--log-level', 'error',
                            '--listen-client-urls', 'http://127.0.0.1:23790', '--advertise-client-urls', 'http://127.0.0.1:23790',
                            '--listen-peer-urls', 'http://127.0.0.1:23800'], 23790);
const cluster = start(path.join(root, 'build/native/pilothouse_api'),
                      ['--port', '23810', '--speed', 'max', '--kubeconfig', path.join(folder, 'kubeconfig')], 23810);
try {
  await ready(etcd, '/v3/kv/range', 'POST', {key: base64('a')});
  await ready(cluster, '/readyz');
  const object = (i) => ({apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: `settings-${i}`}, data: {color: 'blue'}});
  const key = (i) => base64(`/registry/configmaps/default/settings-${i}`);
  const maps = '/api/v1/namespaces/default/configmaps';
  const results = [
    ['put', await measure(cluster, writes, (i) => cluster.call('POST', maps, object(i))),
     await measure(etcd, writes, (i) => etcd.call('POST', '/v3/kv/put', {key: key(i), value: base64(JSON.stringify(object(i)))}))],
    ['get of one', await measure(cluster, writes, (i) => cluster.call('GET', `${maps}/settings-${i}`)),
     await measure(etcd, writes, (i) => etcd.call('POST', '/v3/kv/range', {key: key(i)}))],
    ['range of 500', await measure(cluster, reads, () => cluster.call('GET', `${maps}?limit=500`)),
     await measure(etcd, reads, () => etcd.call('POST', '/v3/kv/range', {key: key(''), range_end: base64('/registry/configmaps/default/settings.'), limit: 500}))],
  ];
  for (const [what, ours, theirs] of results) {
    console.log(JSON.stringify({bench: 'http', what, ratioPerSecond: Number((ours.perSecond / theirs.perSecond).toFixed(2)),
                                ratioPerCpuSecond: Number((ours.perCpuSecond / theirs.perCpuSecond).toFixed(2)),
                                perCpuSecond: Math.round(ours.perCpuSecond), etcdPerCpuSecond: Math.round(theirs.perCpuSecond)}));
  }
} finally {
  for (const server of [etcd, cluster]) {
    server.agent.destroy();
    server.child.kill();
  }
  fs.rmSync(folder, {recursive: true, force: true});
}
