// Frames are drawn while the module wants them, and after input; an idle page draws nothing.

const framesAfterInput = 4; // ImGui spreads one burst of input events over a few frames

export function createLoop(module, canvas, died) {
  let running = false;
  let scheduled = 0;
  let owed = 0;
  let frames = 0;
  let onFirst = null;

  function fit() {
    const ratio = window.devicePixelRatio || 1;
    const width = window.innerWidth;
    const height = window.innerHeight;
    const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== pixelWidth) canvas.width = pixelWidth;
    if (canvas.height !== pixelHeight) canvas.height = pixelHeight;
    module._pilothouseResize(width, height, ratio);
  }

  function frame(now) {
    scheduled = 0;
    if (!running) return;
    try {
      fit();
      const more = module._pilothouseFrame(now);
      ++frames;
      if (onFirst) {
        onFirst();
        onFirst = null;
      }
      if (owed > 0) --owed;
      if (more || owed > 0) schedule();
    } catch (error) {
      died(error);
    }
  }

  function schedule() {
    if (running && !scheduled) scheduled = requestAnimationFrame(frame);
  }

  function wake() {
    owed = framesAfterInput;
    schedule();
  }

  window.addEventListener('resize', wake);
  document.addEventListener('visibilitychange', wake);
  return {
    start(first) {
      running = true;
      onFirst = first;
      wake();
    },
    stop() {
      running = false;
    },
    wake,
    /// Draws at once, inside a user's gesture, so that the browser lets it open a keyboard or a file chooser.
    now() {
      if (scheduled) cancelAnimationFrame(scheduled);
      frame(performance.now());
    },
    guarded(action) {
      if (!running) return undefined;
      try {
        return action();
      } catch (error) {
        died(error);
        return undefined;
      }
    },
    get frames() {
      return frames;
    },
  };
}
