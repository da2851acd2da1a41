// The visible elements as real ones for screen readers and tests: same names, same places, and they act by a
// pointer press at their place on the canvas, as a hand would.

const tags = { button: 'button', tab: 'button', heading: 'h2', text: 'p', link: 'a' };

export function createMirror(root, module, loop) {
  const elements = new Map();

  function press(rect) {
    const x = rect[0] + rect[2] / 2;
    const y = rect[1] + rect[3] / 2;
    loop.guarded(() => {
      module._pilothousePointerMove(x, y, 0);
      loop.now();
      module._pilothousePointerButton(0, 1, 0);
      loop.now();
      module._pilothousePointerButton(0, 0, 0);
      loop.now();
    });
    loop.wake();
  }

  function make(item) {
    const element = document.createElement(tags[item.role] ?? 'div');
    if (!(item.role in tags) || item.role === 'tab') element.setAttribute('role', item.role);
    element.tabIndex = -1;
    element.dataset.mirror = item.id;
    element.addEventListener('click', () => press(element.mirrorRect));
    root.append(element);
    return element;
  }

  function apply(element, item) {
    element.mirrorRect = item.rect;
    const [x, y, width, height] = item.rect;
    Object.assign(element.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
    if (element.textContent !== item.label) element.textContent = item.label;
    element.setAttribute('aria-label', item.label);
    if (item.value !== undefined) element.setAttribute('aria-valuetext', item.value);
    if (item.checked !== undefined) {
      element.setAttribute(item.role === 'tab' ? 'aria-selected' : 'aria-checked', String(item.checked));
    }
    if (item.disabled) element.setAttribute('aria-disabled', 'true');
    else element.removeAttribute('aria-disabled');
  }

  return {
    update(items) {
      const seen = new Set();
      for (const item of items) {
        const key = `${item.role} ${item.id}`;
        seen.add(key);
        let element = elements.get(key);
        if (!element) elements.set(key, (element = make(item)));
        apply(element, item);
      }
      for (const [key, element] of elements) {
        if (seen.has(key)) continue;
        element.remove();
        elements.delete(key);
      }
    },
  };
}
