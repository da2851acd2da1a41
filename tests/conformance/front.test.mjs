// The HTTP front itself: what it refuses, how it streams, and that it ends cleanly.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import https from 'node:https';
import net from 'node:net';
import {after, before, test} from 'node:test';

import {startServer} from './server.mjs';

let server;
before(async () => { server = await startServer(); });
after(() => server.stop());

/** What comes back for these bytes, until the server closes or is silent. */
function say(bytes, {quietAfter = 500} = {}) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(server.port, '127.0.0.1', () => socket.write(bytes));
    let heard = '';
    socket.setTimeout(quietAfter, () => socket.destroy());
    socket.on('data', (data) => { heard += data; });
    socket.on('close', () => resolve(heard));
    socket.on('error', reject);
  });
}
const get = (path, ...headers) => ['GET ' + path + ' HTTP/1.1', 'Host: 127.0.0.1', 'Connection: close', ...headers, '', ''].join('\r\n');
const statusOf = (answer) => Number(answer.split(' ')[1]);
const bodyOf = (answer) => answer.slice(answer.indexOf('\r\n\r\n') + 4);

/** Over TLS, with or without the administrator's certificate. */
function secure(path, {headers = {}, certificate = false} = {}) {
  const text = fs.readFileSync(server.kubeconfig, 'utf8');
  const data = (name) => Buffer.from(text.match(new RegExp(`${name}: (\\S+)`))[1], 'base64');
  const options = {port: server.port, host: '127.0.0.1', path, headers, ca: data('certificate-authority-data')};
  if (certificate) Object.assign(options, {cert: data('client-certificate-data'), key: data('client-key-data')});
  return new Promise((resolve, reject) => {
    https.get(options, (response) => {
      let body = '';
      response.on('data', (chunk) => { body += chunk; });
      response.on('end', () => resolve({code: response.statusCode, headers: response.headers, body}));
    }).on('error', reject);
  });
}

test('malformed HTTP is refused and the connection closed', async () => {
  assert.equal(statusOf(await say('NONSENSE\r\n\r\n')), 400);
  assert.equal(statusOf(await say('GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n')), 400);
  assert.equal(statusOf(await say(get('/api/v1/pods/%zz'))), 400);
  assert.equal(statusOf(await say(get('/', 'X-Long: ' + 'x'.repeat(300_000)))), 431);
});

test('a body beyond the limit is 413, whether it could be read or not', async () => {
  const post = (size) => `POST /api/v1/namespaces/default/pods HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${size}\r\n\r\n${' '.repeat(Math.min(size, 4_000_000))}`;
  const read = await say(post(4_000_000), {quietAfter: 5000});
  assert.equal(statusOf(read), 413);
  assert.equal(JSON.parse(bodyOf(read)).message, 'Request entity too large: limit is 3145728');
  assert.equal(statusOf(await say(post(40_000_000), {quietAfter: 5000})), 413);
});

test('requests on one connection are answered one after another', async () => {
  const two = await say(get('/healthz').replace('Connection: close\r\n', '') + get('/livez'));
  assert.equal(two.match(/HTTP\/1\.1 200 OK/g).length, 2);
});

test('plain HTTP is for this machine alone, as with kubectl proxy', async () => {
  assert.equal(statusOf(await say(get('/api/v1/nodes'))), 200);
  assert.equal(statusOf(await say(get('/api/v1/nodes').replace('Host: 127.0.0.1', 'Host: attacker.example'))), 403);
  assert.equal(statusOf(await say(get('/api/v1/nodes', 'Origin: https://attacker.example'))), 403);
  assert.equal(statusOf(await say(get('/api/v1/nodes', 'Origin: http://localhost:3000'))), 200);
});

test('over TLS a client is who its certificate or token says', async () => {
  const nobody = await secure('/api/v1/nodes');
  assert.equal(nobody.code, 403);
  assert.match(JSON.parse(nobody.body).message, /User "system:anonymous" cannot list resource "nodes"/);
  assert.equal((await secure('/version')).code, 200);
  assert.equal((await secure('/api/v1/nodes', {certificate: true})).code, 200);
  const stranger = await secure('/version', {headers: {Authorization: 'Bearer nonsense'}});
  assert.equal(stranger.code, 401);
  assert.equal(JSON.parse(stranger.body).reason, 'Unauthorized');
});

test('every answer has an Audit-Id, the client\'s own when it has one', async () => {
  const own = '0a1b2c3d-0000-4000-8000-000000000000';
  assert.equal((await secure('/version', {headers: {'Audit-ID': own}})).headers['audit-id'], own);
  assert.match((await secure('/version')).headers['audit-id'], /^[0-9a-f-]{36}$/);
});

test('hundreds of watches come and go', async () => {
  const opened = await Promise.all(Array.from({length: 200}, () => new Promise((resolve, reject) => {
    const socket = net.connect(server.port, '127.0.0.1', () => socket.write(get('/api/v1/nodes?watch=1')));
    socket.once('data', (data) => resolve([socket, String(data)]));
    socket.on('error', reject);
  })));
  assert.ok(opened.every(([, head]) => head.startsWith('HTTP/1.1 200 OK') && /chunked/i.test(head)));
  for (const [socket] of opened) socket.destroy();
  assert.equal(statusOf(await say(get('/readyz'), {quietAfter: 5000})), 200);
});

test('a watch shows the first event at once', async () => {
  const heard = await say(get('/api/v1/nodes?watch=1'), {quietAfter: 1000});
  assert.match(heard, /"type":"ADDED"/);
});

test('it ends with exit code 0 while streams are open', async () => {
  const other = await startServer();
  const watching = net.connect(other.port, '127.0.0.1', () => watching.write(get('/api/v1/nodes?watch=1')));
  watching.on('error', () => {});
  await new Promise((resolve) => watching.once('data', resolve));
  await other.stop();
});
