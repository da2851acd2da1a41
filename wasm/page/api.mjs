// window.pilothouse: drives and observes the cluster from a script (App::evaluate).

export function connectApi(module, loop) {
  window.pilothouse = {
    evaluate(request) {
      const answer = loop.guarded(() => {
        const bytes = new TextEncoder().encode(`${JSON.stringify(request)}\0`);
        const at = module._malloc(bytes.length);
        module.HEAPU8.set(bytes, at);
        const text = module.ccall('pilothouseEvaluate', 'string', ['number'], [at]);
        module._free(at);
        return text;
      });
      loop.wake();
      return answer === undefined ? { error: 'the module has stopped' } : JSON.parse(answer);
    },
    get frames() {
      return loop.frames;
    },
    get heapBytes() {
      return module.HEAPU8.length;
    },
  };
}
