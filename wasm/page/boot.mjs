// Loads the module and its files with progress in bytes, starts it, and says in words what went wrong.
import { createHost } from './host.mjs';
import { connectInput } from './input.mjs';
import { createLoop } from './loop.mjs';
import { connectApi } from './api.mjs';

const words = {
  ko: {
    loading: (done, all) => `불러오는 중… ${done} / ${all} KB`,
    starting: '시작하는 중…',
    noWasm: '이 브라우저에는 WebAssembly가 없습니다. 새 판의 Chrome, Edge, Firefox, Safari에서 열어 주세요.',
    noWebgl: '이 브라우저에서 WebGL2를 쓸 수 없습니다. 브라우저 설정에서 하드웨어 가속을 켜거나 다른 브라우저로 열어 주세요.',
    noFile: (name) => `파일을 받지 못했습니다: ${name}\n네트워크를 확인하고 다시 시도해 주세요.`,
    died: '모듈이 멈췄습니다. 저장된 내용은 그대로 있습니다. 다시 시도를 누르면 새로 시작합니다.',
  },
  en: {
    loading: (done, all) => `Loading… ${done} / ${all} KB`,
    starting: 'Starting…',
    noWasm: 'This browser has no WebAssembly. Please open the page in a current Chrome, Edge, Firefox or Safari.',
    noWebgl: 'WebGL2 is not available in this browser. Turn on hardware acceleration in its settings, or use another browser.',
    noFile: (name) => `A file could not be loaded: ${name}\nPlease check the network and try again.`,
    died: 'The module stopped. What was saved is still there; press "Try again" to start anew.',
  },
};

const at = (id) => document.getElementById(id);

function chosenLanguage(host) {
  const kept = host.load('language');
  if (kept === 'ko' || kept === 'en') return kept;
  const wanted = navigator.languages ?? [navigator.language ?? 'en'];
  return wanted[0]?.toLowerCase().startsWith('ko') ? 'ko' : 'en';
}

function showFailure(text, detail) {
  at('boot').hidden = false;
  at('canvas').style.display = 'none';
  at('progress').hidden = true;
  at('bytes').hidden = true;
  at('failure').hidden = false;
  at('failure').textContent = detail ? `${text}\n(${detail})` : text;
  at('again').hidden = false;
  at('again').onclick = () => location.reload();
}

class Progress {
  constructor(files, say) {
    this.all = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
    this.done = 0;
    this.say = say;
  }
  add(bytes) {
    this.done += bytes;
    at('progress').value = this.all ? Math.min(1, this.done / this.all) : 0;
    at('bytes').textContent = this.say(Math.round(this.done / 1024), Math.round(this.all / 1024));
  }
}

// The body as it comes, counted.
async function fetchCounted(name, file, progress) {
  const response = await fetch(`${name}?v=${file.hash}`);
  if (!response.ok) throw new Error(`${name}: HTTP ${response.status}`);
  const counter = new TransformStream({
    transform(chunk, controller) {
      progress.add(chunk.byteLength);
      controller.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(counter),
    { headers: { 'Content-Type': name.endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream' } });
}

function loadScript(name, hash) {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = `${name}?v=${hash}`;
    script.onload = resolve;
    script.onerror = () => reject(new Error(name));
    document.head.append(script);
  });
}

function addFile(module, name, bytes) {
  const to = module._malloc(bytes.length || 1);
  module.HEAPU8.set(bytes, to);
  module.ccall('pilothouseAddFile', null, ['string', 'number', 'number'], [name, to, bytes.length]);
  module._free(to);
}

async function boot() {
  const files = JSON.parse(at('site-files').textContent);
  const host = createHost();
  const language = chosenLanguage(host);
  const say = words[language];
  host.setLanguage(language, false);
  if (typeof WebAssembly !== 'object') return showFailure(say.noWasm);
  if (!document.createElement('canvas').getContext('webgl2')) return showFailure(say.noWebgl);

  const progress = new Progress(files, say.loading);
  progress.add(0);
  let loading = '';
  const load = (name) => {
    loading = name;
    return fetchCounted(name, files[name], progress);
  };
  let module;
  try {
    // All downloads begin at once.
    const wasm = load('pilothouse.wasm');
    const data = Object.keys(files).filter((name) => !/\.(wasm|js)$/.test(name))
      .map(async (name) => [name, new Uint8Array(await (await load(name)).arrayBuffer())]);
    await loadScript('pilothouse.js', files['pilothouse.js'].hash);
    progress.add(files['pilothouse.js'].bytes);
    module = await window.createPilothouse({
      host,
      canvas: at('canvas'),
      print: (text) => console.log(text),
      printErr: (text) => console.error(text),
      onAbort: (what) => { throw new Error(`abort: ${what}`); },
      instantiateWasm(imports, receive) {
        wasm.then((response) => WebAssembly.instantiateStreaming(response, imports))
          .then(({ instance, module: compiled }) => receive(instance, compiled))
          .catch((error) => showFailure(say.noFile('pilothouse.wasm'), error.message));
        return {};
      },
    });
    for (const [name, bytes] of await Promise.all(data)) {
      if (name === 'content.json') {
        const content = JSON.parse(new TextDecoder().decode(bytes));
        const encoder = new TextEncoder();
        for (const [path, text] of Object.entries(content)) addFile(module, path, encoder.encode(text));
      } else {
        addFile(module, name, bytes);
      }
    }
  } catch (error) {
    return showFailure(say.noFile(loading), error.message);
  }

  at('bytes').textContent = say.starting;
  at('canvas').style.display = 'block';
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const dead = (error) => {
    loop.stop();
    console.error(error);
    showFailure(say.died, error.message);
  };
  const loop = createLoop(module, at('canvas'), dead);
  host.attach(module, loop);
  try {
    const started = module.ccall('pilothouseStart', 'number', ['string', 'number', 'number', 'number', 'string'],
      [language, dark ? 1 : 0, still ? 1 : 0, devicePixelRatio, location.hash.slice(1)]);
    if (!started) return showFailure(say.noWebgl);
  } catch (error) {
    return dead(error);
  }
  connectInput(module, loop, at('canvas'), at('typing'));
  connectApi(module, loop);
  loop.start(() => {
    at('boot').hidden = true;
    window.pilothouseBooted = true;
    performance.mark('pilothouse-first-frame');
  });
}

boot().catch((error) => showFailure(words.ko.died + '\n' + words.en.died, error.message));
