// Pointer, wheel, keys, text with its input method, clipboard and files, into the module.
import { openFile } from './host.mjs';

const modifiersOf = (event) =>
  (event.ctrlKey ? 1 : 0) | (event.shiftKey ? 2 : 0) | (event.altKey ? 4 : 0) | (event.metaKey ? 8 : 0);

// What stays the browser's: reload, its tools, its tabs, and the clipboard's own events.
function isBrowsers(event) {
  const command = event.ctrlKey || event.metaKey;
  if (/^F(5|11|12)$/.test(event.code)) return true;
  if (command && /^Key[RTWNLC]$/.test(event.code) && event.code !== 'KeyC') return true;
  return command && event.shiftKey && /^Key[IJC]$/.test(event.code);
}

function connectPointer(module, loop, canvas) {
  const move = (event) => module._pilothousePointerMove(event.clientX, event.clientY, event.pointerType === 'touch' ? 1 : 0);
  canvas.addEventListener('pointermove', (event) => {
    loop.guarded(() => move(event));
    loop.wake();
  });
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    loop.guarded(() => {
      move(event);
      module._pilothousePointerButton(event.button, 1, modifiersOf(event));
    });
    loop.wake();
  });
  canvas.addEventListener('pointerup', (event) => {
    loop.guarded(() => {
      move(event);
      module._pilothousePointerButton(event.button, 0, modifiersOf(event));
      // Inside the gesture, so that a keyboard or a file chooser may open.
      loop.now();
      loop.now();
      if (event.pointerType === 'touch') module._pilothousePointerLeave();
    });
    loop.wake();
  });
  canvas.addEventListener('pointerleave', () => {
    loop.guarded(() => module._pilothousePointerLeave());
    loop.wake();
  });
  canvas.addEventListener('contextmenu', (event) => event.preventDefault());
  canvas.addEventListener('wheel', (event) => {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 1 / 3 : event.deltaMode === 2 ? 3 : 1 / 100;
    loop.guarded(() => module._pilothouseWheel(-event.deltaX * unit, -event.deltaY * unit, modifiersOf(event)));
    loop.wake();
  }, { passive: false });
}

function connectKeys(module, loop) {
  const key = (event, down) =>
    loop.guarded(() => module.ccall('pilothouseKey', null, ['string', 'number', 'number'],
      [event.code, down, modifiersOf(event)]));
  window.addEventListener('keydown', (event) => {
    if (event.isComposing || event.key === 'Process' || isBrowsers(event)) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && event.code === 'KeyV') return; // the paste event brings the text
    key(event, 1);
    if (event.key.length > 1 || command) event.preventDefault();
    loop.wake();
  });
  window.addEventListener('keyup', (event) => {
    if (event.key === 'Process') return;
    key(event, 0);
    loop.wake();
  });
  window.addEventListener('blur', () => {
    loop.guarded(() => module._pilothouseFocus(0));
    loop.wake();
  });
  window.addEventListener('focus', () => {
    loop.guarded(() => module._pilothouseFocus(1));
    loop.wake();
  });
}

function connectText(module, loop, typing) {
  const send = (text) => {
    if (text) loop.guarded(() => module.ccall('pilothouseText', null, ['string'], [text]));
    loop.wake();
  };
  typing.addEventListener('compositionstart', () => typing.classList.add('composing'));
  typing.addEventListener('compositionend', (event) => {
    typing.classList.remove('composing');
    typing.value = '';
    send(event.data);
  });
  typing.addEventListener('input', (event) => {
    if (event.isComposing) return;
    // Some browsers end a composition first and tell its text again here.
    if (event.inputType !== 'insertCompositionText' && event.inputType !== 'insertFromComposition') send(event.data ?? '');
    typing.value = '';
  });
}

function connectClipboardAndFiles(module, loop) {
  document.addEventListener('paste', (event) => {
    event.preventDefault();
    const file = event.clipboardData.files[0];
    if (file) return void openFile(module, loop, file);
    const text = event.clipboardData.getData('text/plain');
    loop.guarded(() => {
      // Long texts do not fit the stack, where string arguments go.
      const bytes = new TextEncoder().encode(`${text}\0`);
      const at = module._malloc(bytes.length);
      module.HEAPU8.set(bytes, at);
      module._pilothousePaste(at);
      module._free(at);
    });
    loop.wake();
  });
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    const file = event.dataTransfer.files[0];
    if (file) openFile(module, loop, file);
  });
}

export function connectInput(module, loop, canvas, typing) {
  connectPointer(module, loop, canvas);
  connectKeys(module, loop);
  connectText(module, loop, typing);
  connectClipboardAndFiles(module, loop);
}
