// Figures of the page in Chromium, one JSON line each: first frame, download, the whole path of N pods.
import { statSync } from 'node:fs';
import { openBrowser, openPage, serveSite } from './page.mjs';

const podsPerNode = 30;
const built = new URL('../../build/site/', import.meta.url);
const print = (line) => console.log(JSON.stringify(line));
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const manifest = (replicas) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: ${replicas}
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: nginx
        image: nginx:1.27
        resources:
          requests:
            cpu: 100m
            memory: 100Mi
`;

function downloads() {
  const files = ['pilothouse.wasm', 'pilothouse.js', 'fonts/ui.ttf', 'fonts/mono.ttf', 'fonts/bold.ttf', 'content.json'];
  for (const file of files) {
    print({ bench: 'download', file, bytes: statSync(new URL(file, built)).size, brotli: statSync(new URL(`${file}.br`, built)).size });
  }
}

async function firstFrame(browser, url) {
  const times = [];
  for (let run = 0; run < 5; ++run) {
    const page = await openPage(browser, url);
    times.push(await page.evaluate(() => performance.getEntriesByName('pilothouse-first-frame')[0].startTime));
    await page.context().close();
  }
  print({ bench: 'firstFrame', where: 'chromium', runs: times.length, medianMs: Math.round(median(times)) });
}

async function ready(browser, url, pods) {
  const nodes = Math.ceil(pods / podsPerNode);
  const page = await openPage(browser, url);
  await page.evaluateHere({ do: 'time', paused: true });
  await page.evaluateHere({ do: 'reset', preset: `scale-${nodes}`, seed: 1 });
  await page.evaluateHere({ do: 'time', paused: true });
  await page.run(60);
  const before = await page.evaluate(() => window.pilothouse.heapBytes);
  const result = await page.evaluate(([text, wanted]) => {
    const { pilothouse } = window;
    const start = performance.now();
    pilothouse.evaluate({ do: 'apply', manifest: text });
    let counts = { readyPods: 0 };
    for (let second = 0; second < 3600 && counts.readyPods < wanted; ++second) {
      pilothouse.evaluate({ do: 'run', seconds: 1 });
      ({ counts } = pilothouse.evaluate({ do: 'state' }));
    }
    return { ready: counts.readyPods === wanted, seconds: (performance.now() - start) / 1000 };
  }, [manifest(pods), pods]);
  const after = await page.evaluate(() => window.pilothouse.heapBytes);
  print({ bench: 'ready', where: 'chromium', pods, nodes, ready: result.ready, seconds: Number(result.seconds.toFixed(3)),
    podsPerSecond: Math.round(pods / result.seconds), memoryGrownBytesPerPod: Math.round((after - before) / pods) });
  await page.context().close();
}

const sizes = process.argv.includes('--full') ? [1000, 10000, 150000] : [1000, 10000];
downloads();
const site = await serveSite();
const browser = await openBrowser();
try {
  await firstFrame(browser, site.url);
  for (const pods of sizes) await ready(browser, site.url, pods);
} finally {
  await browser.close();
  site.stop();
}
