// What the module asks of the page (web/platform.hpp).
import { createMirror } from './mirror.mjs';

const prefix = 'pilothouse.';

function download(name, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/// Text of a file for the editor; bytes that are no UTF-8 are kept as such and refused by the reader.
export async function openFile(module, loop, file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  loop.guarded(() => {
    const at = module._malloc(bytes.length || 1);
    module.HEAPU8.set(bytes, at);
    module.ccall('pilothouseFileOpened', null, ['string', 'number', 'number'], [file.name, at, bytes.length]);
    module._free(at);
  });
  loop.wake();
}

export function createHost() {
  let module = null;
  let loop = null;
  let mirror = null;
  const typing = document.getElementById('typing');
  const canvas = document.getElementById('canvas');

  return {
    attach(theModule, theLoop) {
      module = theModule;
      loop = theLoop;
      mirror = createMirror(document.getElementById('mirror'), module, loop);
    },
    load(key) {
      try {
        return localStorage.getItem(prefix + key) ?? '';
      } catch {
        return ''; // storage is refused: the page goes on without it
      }
    },
    store(key, value) {
      try {
        localStorage.setItem(prefix + key, value);
      } catch {
        // Full or refused: the page goes on without it.
      }
    },
    openLink(url) {
      if (/^https?:\/\//.test(url)) window.open(url, '_blank', 'noopener');
    },
    copyText(text) {
      navigator.clipboard?.writeText(text).catch(() => {});
    },
    saveFile: download,
    pickFile() {
      const input = document.createElement('input');
      input.type = 'file';
      input.accept = '.yaml,.yml,.json,.txt';
      input.onchange = () => {
        if (input.files[0]) openFile(module, loop, input.files[0]);
      };
      input.click();
    },
    setLanguage(language, keep = true) {
      document.documentElement.lang = language;
      if (keep) this.store('language', language);
    },
    mirror(json) {
      mirror?.update(JSON.parse(json));
    },
    setTextInput(wanted, x, y, height) {
      typing.style.left = `${Math.max(0, x)}px`;
      typing.style.top = `${Math.max(0, y)}px`;
      typing.style.height = `${Math.max(12, height)}px`;
      const focused = document.activeElement === typing;
      if (wanted && !focused) typing.focus({ preventScroll: true });
      if (!wanted && focused) canvas.focus({ preventScroll: true });
    },
  };
}
