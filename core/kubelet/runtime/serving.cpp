// Requests whose answers come later than they are asked.
#include <utility>

#include "core/kubelet/runtime/container_runtime.hpp"

namespace pilothouse::kubelet {

void ContainerRuntime::serve(const ServedRequest& request, ServedDone done) {
  Served served = serve(request.address, request.port, request.payload.path);
  ServedAnswer answer{served.connected,       false,      served.status, served.grpc,
                      std::move(served.body), served.took};
  simulator_.after(answer.took, [done = std::move(done), answer = std::move(answer)]() mutable {
    done(std::move(answer));
  });
}

}  // namespace pilothouse::kubelet
