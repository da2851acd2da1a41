"""What the module's schema table is made for: everything that the served kinds and these reach."""

# Folders of the published sources, and under which group and version their kinds are served.
API_PACKAGES = {
    "core/v1": "v1",
    "apps/v1": "apps/v1",
    "authentication/v1": "authentication.k8s.io/v1",
    "authorization/v1": "authorization.k8s.io/v1",
    "autoscaling/v1": "autoscaling/v1",
    "autoscaling/v2": "autoscaling/v2",
    "batch/v1": "batch/v1",
    "coordination/v1": "coordination.k8s.io/v1",
    "discovery/v1": "discovery.k8s.io/v1",
    "events/v1": "events.k8s.io/v1",
    "networking/v1": "networking.k8s.io/v1",
    "node/v1": "node.k8s.io/v1",
    "policy/v1": "policy/v1",
    "rbac/v1": "rbac.authorization.k8s.io/v1",
    "scheduling/v1": "scheduling.k8s.io/v1",
    "storage/v1": "storage.k8s.io/v1",
}
# The same of what is published elsewhere: types that we have written, beside this file.
OWN_PACKAGES = {
    "metrics/v1beta1": "metrics.k8s.io/v1beta1",
}
# Kinds that the pinned sources know only by an earlier version are read from there.
EARLIER_PACKAGES = {
    "networking/v1": "networking/v1beta1",
}
META_PACKAGE = "pkg/apis/meta/v1"

# (folder, kind): the bodies of subresources and options. Kinds with a file in core/api/kinds are found there.
ROOTS = [
    ("core/v1", "Binding"),
    ("core/v1", "PodAttachOptions"),
    ("core/v1", "PodExecOptions"),
    ("core/v1", "PodLogOptions"),
    ("autoscaling/v1", "Scale"),
    ("authentication/v1", "TokenRequest"),
    ("policy/v1", "Eviction"),
    (META_PACKAGE, "DeleteOptions"),
    (META_PACKAGE, "Status"),
]
