// The official JavaScript client: list, create, patch, watch, informer and log against a simulated cluster.
import assert from 'node:assert/strict';
import {PassThrough} from 'node:stream';
import {after, before, test} from 'node:test';

import * as k8s from '@kubernetes/client-node';

import {startServer} from './server.mjs';

const namespace = 'default';
let server;
let config;
let core;
let apps;

before(async () => {
  server = await startServer();
  config = new k8s.KubeConfig();
  config.loadFromFile(server.kubeconfig);
  core = config.makeApiClient(k8s.CoreV1Api);
  apps = config.makeApiClient(k8s.AppsV1Api);
});
after(() => server.stop());

const pod = (name, ...command) => ({
  metadata: {name, labels: {app: name}},
  spec: {restartPolicy: 'Never', containers: [{name: 'main', image: 'busybox:1.36', command}]},
});

/** Resolves when `happened` is true of one of the values that `on` is given. */
function waitFor(subscribe, happened) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('it did not happen')), 30_000);
    subscribe((value) => {
      if (!happened(value)) return;
      clearTimeout(timer);
      resolve(value);
    }, reject);
  });
}

test('lists nodes with their conditions', async () => {
  const nodes = await core.listNode();
  assert.equal(nodes.items.length, 4);
  assert.ok(nodes.items.every((node) => node.status.conditions.some(({type, status}) => type === 'Ready' && status === 'True')));
  assert.ok(nodes.items[0].metadata.creationTimestamp instanceof Date);
});

test('pages through a list', async () => {
  const first = await core.listNode({limit: 3});
  assert.equal(first.items.length, 3);
  assert.equal(first.metadata.remainingItemCount, 1);
  const rest = await core.listNode({limit: 3, _continue: first.metadata._continue});
  assert.deepEqual(rest.items.map(({metadata}) => metadata.name), ['worker-3']);
  await assert.rejects(core.listNode({limit: 3, _continue: 'nonsense'}), (error) => error.code === 400);
});

test('a refusal is a Status with its reason', async () => {
  await assert.rejects(core.readNamespacedPod({name: 'missing', namespace}), (error) => {
    assert.equal(error.code, 404);
    const status = JSON.parse(error.body);
    assert.equal(status.reason, 'NotFound');
    assert.equal(status.message, 'pods "missing" not found');
    return true;
  });
});

test('creates a Deployment, patches and replaces it', async () => {
  const labels = {app: 'web'};
  const created = await apps.createNamespacedDeployment({
    namespace,
    body: {metadata: {name: 'web'}, spec: {replicas: 1, selector: {matchLabels: labels},
           template: {metadata: {labels}, spec: {containers: [{name: 'nginx', image: 'nginx:1.27'}]}}}},
  });
  assert.equal(created.spec.strategy.type, 'RollingUpdate');
  const patched = await apps.patchNamespacedDeployment(
      {name: 'web', namespace, body: [{op: 'replace', path: '/spec/replicas', value: 2}]},
      k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy.JsonPatch));
  assert.equal(patched.spec.replicas, 2);
  const merged = await apps.patchNamespacedDeployment(
      {name: 'web', namespace, body: {metadata: {labels: {tier: 'front'}}}},
      k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy.MergePatch));
  assert.equal(merged.metadata.labels.tier, 'front');
  await assert.rejects(apps.replaceNamespacedDeployment({name: 'web', namespace, body: created}),
                       (error) => error.code === 409 && JSON.parse(error.body).reason === 'Conflict');
  const applied = await apps.patchNamespacedDeployment(
      {name: 'web', namespace, fieldManager: 'test', body: {apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name: 'web', annotations: {a: 'b'}}}},
      k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy.ServerSideApply));
  assert.ok(applied.metadata.managedFields.some(({manager, operation}) => manager === 'test' && operation === 'Apply'));
});

test('watches a pod from its creation to its end', async () => {
  const seen = [];
  const watch = new k8s.Watch(config);
  let request;
  const finished = waitFor((on, fail) => {
    request = watch.watch(`/api/v1/namespaces/${namespace}/pods`, {labelSelector: 'app=short'},
                          (type, object) => on({type, object}), (error) => error && error.name !== 'AbortError' && fail(error));
  }, ({type, object}) => {
    seen.push(type);
    return object.status.phase === 'Succeeded';
  });
  await core.createNamespacedPod({namespace, body: pod('short', 'sh', '-c', 'echo done')});
  await finished;
  assert.equal(seen[0], 'ADDED');
  assert.ok(seen.includes('MODIFIED'));
  (await request).abort();
});

test('an informer keeps up with what is added and deleted', async () => {
  const informer = k8s.makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`,
                                    () => core.listNamespacedConfigMap({namespace}));
  const added = waitFor((on, fail) => (informer.on('add', on), informer.on('error', fail)), ({metadata}) => metadata.name === 'seen');
  const deleted = waitFor((on) => informer.on('delete', on), ({metadata}) => metadata.name === 'seen');
  await informer.start();
  await core.createNamespacedConfigMap({namespace, body: {metadata: {name: 'seen'}, data: {a: 'b'}}});
  assert.equal((await added).data.a, 'b');
  await core.deleteNamespacedConfigMap({name: 'seen', namespace});
  await deleted;
  assert.equal(informer.get('seen', namespace), undefined);
  await informer.stop();
});

test('reads a log and follows one to its end', async () => {
  await core.createNamespacedPod({namespace, body: pod('talk', 'sh', '-c', 'echo one; sleep 2; echo two')});
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (data) => (text += data));
  for (let tries = 0; tries < 50; ++tries) {
    const {status} = await core.readNamespacedPod({name: 'talk', namespace});
    if (status.phase !== 'Pending') break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await new k8s.Log(config).log(namespace, 'talk', 'main', stream, {follow: true});
  await new Promise((resolve) => stream.on('end', resolve));
  assert.equal(text, 'one\ntwo\n');
  assert.equal(await core.readNamespacedPodLog({name: 'talk', namespace, tailLines: 1}), 'two\n');
});

test('executes a command in a container', async () => {
  await core.createNamespacedPod({namespace, body: pod('box', 'sleep', '3600')});
  await waitFor((on) => {
    const timer = setInterval(async () => on((await core.readNamespacedPod({name: 'box', namespace})).status.phase), 100);
    after(() => clearInterval(timer));
  }, (phase) => phase === 'Running');
  const out = new PassThrough();
  let text = '';
  out.on('data', (data) => (text += data));
  const status = await new Promise((resolve, reject) => {
    new k8s.Exec(config).exec(namespace, 'box', 'main', ['sh', '-c', 'echo here; exit 4'], out, null, null, false, resolve).catch(reject);
  });
  assert.equal(text, 'here\n');
  assert.equal(status.status, 'Failure');
  assert.equal(status.details.causes[0].message, '4');
});
